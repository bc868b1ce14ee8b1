import type { Client, Connection, Submittable } from 'pg';

/** Postgres's own view of a statement: the types of its parameters and columns, as oids. */
export interface Description {
  parameters: readonly number[];
  columns: readonly { name: string; type: number }[];
}

interface ParameterMessage {
  dataTypeIDs: number[];
}
interface RowMessage {
  fields: { name: string; dataTypeID: number }[];
}

/** Has Postgres parse a statement and describe it, without running it. */
export function describeStatement(client: Client, text: string): Promise<Description> {
  return new Promise((resolve, reject) => {
    client.query(new Describe(text, resolve, reject));
  });
}

/** What the driver calls while a statement is parsed and described. */
class Describe implements Submittable {
  #parameters: number[] = [];
  #columns: Description['columns'] = [];
  #failure: Error | undefined;

  constructor(
    readonly text: string,
    readonly resolve: (description: Description) => void,
    readonly reject: (error: Error) => void,
  ) {}

  submit(connection: Connection): void {
    connection.once('parameterDescription', (message: ParameterMessage) => {
      this.#parameters = message.dataTypeIDs;
    });
    connection.parse({ name: '', text: this.text, types: [] }, true);
    connection.describe({ type: 'S', name: '' }, true);
    connection.sync();
  }

  handleRowDescription(message: RowMessage): void {
    this.#columns = message.fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID }));
  }

  handleError(error: Error): void {
    this.#failure = error;
  }

  handleReadyForQuery(): void {
    if (this.#failure) this.reject(this.#failure);
    else this.resolve({ parameters: this.#parameters, columns: this.#columns });
  }
}

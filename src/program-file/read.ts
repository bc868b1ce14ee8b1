import { isCollection, isMap, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { NumberText } from '../contract/values';
import { pathText } from '../domain/path-text';
import { type ProgramFile, programFile } from './schema';

export type Path = readonly (string | number)[];

/**
 * Thrown when a program file cannot be applied; the message has a line for each problem: file:line:column.
 */
export class ProgramFileError extends Error {
  override readonly name = 'ProgramFileError';
}

/** A program file that is right in itself. */
export interface Source {
  file: ProgramFile;
  /** Where something in it is wrong all the same. */
  fault(path: Path, problem: string): ProgramFileError;
}

/**
 * Reads a program file; `name` is what errors call it. Throws ProgramFileError with every problem there is.
 */
export function readProgramFile(text: string, name: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  if (document.errors.length > 0) {
    throw new ProgramFileError(
      document.errors.map(({ pos, message }) => `${at(pos[0])}: ${message}`).join('\n'),
    );
  }
  keepNumbersExact(document.contents);
  const line = (path: Path, problem: string, key?: string) => {
    const place = at(offsetOf(document.contents, path, key));
    return path.length > 0 ? `${place}: ${pathText(path)}: ${problem}` : `${place}: ${problem}`;
  };
  const result = programFile.safeParse(document.toJS() ?? {});
  if (!result.success) {
    const problems = result.error.issues.map((issue) =>
      line(issue.path as Path, issue.message, issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined),
    );
    throw new ProgramFileError(problems.join('\n'));
  }
  return { file: result.data, fault: (path, problem) => new ProgramFileError(line(path, problem)) };
}

/** A number that a float would change, 1.50 or one of 20 digits, is kept as it is written. */
function keepNumbersExact(contents: Node | null): void {
  if (!contents) return;
  visit(contents, {
    Scalar(_, node) {
      if (typeof node.value !== 'number' || node.source === undefined) return;
      if (node.source !== String(node.value)) node.value = new NumberText(node.source);
    },
  });
}

/** Where the deepest part of the path is that the file has; with a key, where that key of it is. */
function offsetOf(contents: Node | null, path: Path, key: string | undefined): number {
  let node: unknown = contents;
  for (const part of path) {
    const next: unknown = isCollection(node) ? node.get(part, true) : undefined;
    if (!next) break;
    node = next;
  }
  const pair = isMap(node) && key !== undefined ? node.items.find((it) => nameOf(it.key) === key) : undefined;
  const found = (pair?.key ?? node) as Node | null;
  return found?.range?.[0] ?? 0;
}

function nameOf(key: unknown): unknown {
  return isScalar(key) ? key.value : key;
}

import { uuidv7 } from 'uuidv7';
import type { members } from '../../contract/members';
import { isRefusal } from '../../domain/refusal';
import type { Handlers } from '../handler';
import { refuseFuture } from './moment';
import { type Dependencies, findActiveProgram, findMemberOf, findPerson } from './target';

export function createMemberHandlers(dependencies: Dependencies): Handlers<typeof members> {
  const { catalog, gateway } = dependencies;
  return {
    async register(input, { access, now }) {
      const program = findActiveProgram(catalog, access, input.loyalty_program_id);
      if (isRefusal(program)) return program;
      const early = refuseFuture('registration_date', input.registration_date, now);
      if (early) return early;
      const person = await findPerson(dependencies, program, input.matching);
      if (isRefusal(person)) return person;
      const outcome = await gateway.post({
        verb: 'register',
        transaction_id: uuidv7(),
        program_id: program.id,
        profile_id: person.profile_id,
        ...(input.registration_date !== undefined && { created_at: input.registration_date }),
      });
      return isRefusal(outcome) ? outcome : { profile_id: outcome.profile_id };
    },

    async remove(input, { access }) {
      const program = findActiveProgram(catalog, access, input.loyalty_program_id);
      if (isRefusal(program)) return program;
      const member = await findMemberOf(dependencies, program, input.matching);
      if (isRefusal(member)) return member;
      const outcome = await gateway.removeMember(program.id, member.member_id);
      return isRefusal(outcome) ? outcome : { profile_id: outcome.profile_id };
    },
  };
}

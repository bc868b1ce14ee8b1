export { cleanExports } from './clean-exports';
export { deleteEvents } from './delete-events';
export { deliverEvents } from './deliver-events';
export { evaluateTiers } from './evaluate-tiers';
export { expirePoints } from './expire-points';
export { exportTransactions as export } from './export';
export { hold } from './hold';
export { importMembers } from './import-members';
export { loyaltyParticipation, loyaltyPointsManagement } from './nodes';

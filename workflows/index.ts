export { deliverEvents } from './deliver-events';
export { expirePoints } from './expire-points';
export { hold } from './hold';

export { expirePoints } from './expire-points';
export { hold } from './hold';

export { hold } from './hold';

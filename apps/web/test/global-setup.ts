export { checkBuild as default } from './system.js';

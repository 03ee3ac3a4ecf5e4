/** The judgement is the same wherever a drill runs. */
export { judge, type Row } from '../../functions/core/drill/verdict.ts';

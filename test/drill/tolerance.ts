/** What a drill may be held against, wherever it runs. */
export * from '../../functions/core/drill/tolerance.ts';

/** The language of the catalogue; the `drill` function reads the same. */
export * from '../../functions/core/drill/definition.ts';

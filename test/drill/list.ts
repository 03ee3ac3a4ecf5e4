import type { Definition } from './definition.ts';

export function listCatalogue(catalogue: readonly Definition[], json: boolean): void {
  const width = Math.max(...catalogue.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 1);
  for (const { name, title, description, hypothesis, level } of catalogue) {
    const rows = [
      `${name.padEnd(width)} ${title}`,
      `${indent}${description}`,
      `${indent}Expected: ${hypothesis}`,
      ...(level === undefined ? [] : [`${indent}Runs in AWS too, level ${level}.`]),
    ];
    const text = json
      ? JSON.stringify({ name, title, description, hypothesis, level })
      : `${rows.join('\n')}\n`;
    process.stdout.write(`${text}\n`);
  }
}

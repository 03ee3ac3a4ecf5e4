import type { Definition } from './definition.ts';

export function listCatalogue(catalogue: readonly Definition[], json: boolean): void {
  const width = Math.max(...catalogue.map(({ name }) => name.length));
  const indent = ' '.repeat(width + 1);
  for (const { name, title, description, hypothesis } of catalogue) {
    const rows = [
      `${name.padEnd(width)} ${title}`,
      `${indent}${description}`,
      `${indent}Expected: ${hypothesis}`,
    ];
    const text = json
      ? JSON.stringify({ name, title, description, hypothesis })
      : `${rows.join('\n')}\n`;
    process.stdout.write(`${text}\n`);
  }
}

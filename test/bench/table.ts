/** A Markdown table; the first column to the left, numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumber = head.map((_, column) =>
    rows.every((row) => /^[\d,]+( s)?$/.test(row[column] ?? '')),
  );
  const rule = isNumber.map((right) => (right ? '---:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

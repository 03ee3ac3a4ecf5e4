/** Queries as a list of commands, each of which takes rows and gives rows. */
import { AGGREGATES } from './aggregates.ts';
import { type Expression, Reader } from './expression.ts';
import { QueryError, tokensOf } from './tokens.ts';
import { compare, isTrue, type Row, type Value, written } from './values.ts';

export const ROWS_MAX = 10_000;

/** Rows, and the names that are shown of each; none yet means those that are shown by default. */
export interface Table {
  readonly rows: readonly Row[];
  readonly shown: readonly string[];
}

export interface Command {
  readonly verb: string;
  readonly run: (table: Table) => Table;
}

interface Named {
  readonly name: string;
  readonly expression: Expression;
}

interface Column {
  readonly name: string;
  readonly over: (rows: readonly Row[]) => Value;
}

/** @throws QueryError for anything the lab does not speak. */
export function parseQuery(text: string): readonly Command[] {
  const reader = new Reader(tokensOf(text));
  const commands = [readCommand(reader)];
  while (reader.take('|')) commands.push(readCommand(reader));
  if (!reader.atEnd) throw reader.wanted('| or the end');
  return commands;
}

function readCommand(reader: Reader): Command {
  const verb = reader.name().toLowerCase();
  const read = COMMANDS[verb];
  if (read === undefined) {
    throw new QueryError(`unknown command ${verb}, wanted ${Object.keys(COMMANDS).join(', ')}`);
  }
  return { verb, run: read(reader) };
}

const COMMANDS: Readonly<Record<string, (reader: Reader) => Command['run']>> = {
  fields: readFields,
  filter: readFilter,
  stats: readStats,
  sort: readSort,
  limit: readLimit,
};

function readFields(reader: Reader): Command['run'] {
  const made = reader.list(() => readNamed(reader));
  return ({ rows, shown }) => ({
    rows: rows.map((row) => withNames(row, made)),
    shown: [...new Set([...shown, ...made.map(({ name }) => name)])],
  });
}

function readFilter(reader: Reader): Command['run'] {
  const condition = reader.expression();
  return ({ rows, shown }) => ({ rows: rows.filter((row) => isTrue(condition(row))), shown });
}

function readStats(reader: Reader): Command['run'] {
  const columns = reader.list(() => readColumn(reader));
  const groups = reader.take('by') ? reader.list(() => readNamed(reader)) : [];
  return ({ rows }) => {
    const grouped = Map.groupBy(rows, (row) =>
      JSON.stringify(groups.map(({ expression }) => written(expression(row)) ?? null)),
    );
    return {
      rows: [...grouped.values()].map((members) => groupRow(members, groups, columns)),
      shown: [...groups, ...columns].map(({ name }) => name),
    };
  };
}

function groupRow(
  members: readonly Row[],
  groups: readonly Named[],
  columns: readonly Column[],
): Row {
  const [first] = members;
  const values = new Map<string, Value>([
    ...groups.map(({ name, expression }) => [name, first && expression(first)] as const),
    ...columns.map(({ name, over }) => [name, over(members)] as const),
  ]);
  return (name) => values.get(name);
}

function readColumn(reader: Reader): Column {
  const start = reader.position;
  const word = reader.name().toLowerCase();
  const aggregate = AGGREGATES[word];
  if (aggregate === undefined) throw new QueryError(`unknown aggregation ${word}`);
  reader.expect('(');
  const countsRows = word === 'count' && reader.take('*');
  const one: Expression = () => 1;
  const expression = countsRows ? one : reader.expression();
  const percent = word === 'pct' ? readPercent(reader) : 0;
  reader.expect(')');
  const name = readAlias(reader) ?? reader.textSince(start);
  return { name, over: (rows) => aggregate(rows.map(expression), percent) };
}

function readPercent(reader: Reader): number {
  reader.expect(',');
  const percent = Number(reader.takeKind('number'));
  if (!(percent >= 0 && percent <= 100)) throw reader.wanted('a percentile from 0 to 100');
  return percent;
}

function readSort(reader: Reader): Command['run'] {
  const keys = reader.list(() => {
    const expression = reader.expression();
    const descending = !reader.take('asc') && reader.take('desc');
    return { expression, sign: descending ? -1 : 1 };
  });
  return ({ rows, shown }) => ({
    shown,
    rows: rows.toSorted((a, b) =>
      keys.reduce(
        (order, { expression, sign }) =>
          order || sign * (compare(expression(a), expression(b)) ?? 0),
        0,
      ),
    ),
  });
}

function readLimit(reader: Reader): Command['run'] {
  const most = Number(reader.takeKind('number'));
  if (!(most >= 1 && most <= ROWS_MAX)) throw reader.wanted(`a limit from 1 to ${ROWS_MAX}`);
  return ({ rows, shown }) => ({ rows: rows.slice(0, most), shown });
}

function readNamed(reader: Reader): Named {
  const start = reader.position;
  const expression = reader.expression();
  const text = reader.textSince(start);
  return { expression, name: readAlias(reader) ?? text };
}

function readAlias(reader: Reader): string | undefined {
  return reader.take('as') ? reader.name() : undefined;
}

/** Computed once for each row: a later command may ask often. */
function withNames(row: Row, made: readonly Named[]): Row {
  const values = new Map(made.map(({ name, expression }) => [name, expression(row)]));
  return (name) => (values.has(name) ? values.get(name) : row(name));
}

import { type ColumnGroup, type Kind, SUMS, TOLD_TOGETHER } from './columns.ts';
import type { History } from './history.ts';
import { type LongTrack, type Samples, STEP_MS } from './sampler.ts';
import type { Track } from './track.ts';

/** How far back a chart goes, and how far its points are apart: RabbitMQ's lengths_age and lengths_incr, and so on. */
export interface Range {
  readonly ageSeconds: number;
  readonly incrementSeconds: number;
}

/** For the groups of which samples are asked for. */
export type Ranges = Readonly<Partial<Record<ColumnGroup, Range>>>;

/** RabbitMQ's …_details. */
export interface Details {
  /** A second, between the two latest moments. */
  readonly rate: number;
  /** The latest first. */
  readonly samples?: readonly { readonly sample: number; readonly timestamp: number }[];
  readonly avg?: number;
  readonly avg_rate?: number;
}

/** Each number under its name, and what is known of it over time under its name with `_details`. */
export type Figures = Readonly<Record<string, number | Details>>;

/** By group; a group that there is nothing of is empty. */
export type FiguresByGroup = Readonly<Record<ColumnGroup, Figures>>;

/** Points of a chart; more are not given. */
const SAMPLES_MAX = 1_000;

/** A number that is told, or the sum of several. */
interface Told {
  readonly name: string;
  readonly details: string;
  readonly group: ColumnGroup;
  readonly columns: readonly number[];
  /** It is left out while all of these are zero; where there are none, it is always told. */
  readonly unlessAllZero: readonly number[];
}

/** By kind, worked out once: names are made of others, and lists have very many of them. */
const layouts = new WeakMap<Kind<never>, readonly Told[]>();

function layoutOf(kind: Kind<never>): readonly Told[] {
  let layout = layouts.get(kind);
  if (layout === undefined) {
    layout = newLayout(kind);
    layouts.set(kind, layout);
  }
  return layout;
}

function newLayout({ columns, groups }: Kind<never>): readonly Told[] {
  const columnsOf = (names: readonly string[]): readonly number[] => names.map((name) => columns.indexOf(name));
  const together = (name: string): readonly number[] =>
    columnsOf(TOLD_TOGETHER.find((names) => names.includes(name)) ?? []).filter((column) => column !== -1);
  const told = (name: string, group: ColumnGroup, of: readonly number[]): Told => ({
    name,
    details: `${name}_details`,
    group,
    columns: of,
    unlessAllZero: group === 'msg_rates' ? together(name) : [],
  });
  const sums = SUMS.filter(({ of }) => !columnsOf(of).includes(-1));
  return [
    ...columns.map((name, column) => told(name, groups[column] as ColumnGroup, [column])),
    ...sums.map(({ name, group, of }) => told(name, group, columnsOf(of))),
  ];
}

/** The numbers in `row`, and what `track` knows of them. */
export function figuresOf(
  kind: Kind<never>,
  row: Float64Array,
  track: Track | LongTrack | undefined,
  ranges: Ranges,
  nowMs: number,
): FiguresByGroup {
  const figures: Record<ColumnGroup, Record<string, number | Details>> = {
    lengths: {},
    msg_rates: {},
    data_rates: {},
    node: {},
  };
  for (const { name, details, group, columns, unlessAllZero } of layoutOf(kind)) {
    if (isLeftOut(unlessAllZero, row)) continue;
    const of = figures[group];
    of[name] = sumIn(row, columns);
    of[details] = detailsOf(columns, track, ranges[group], nowMs);
  }
  return figures;
}

/** What a list can be sorted by without all figures being told: `publish`, or its rate. */
export interface FigurePath {
  readonly groups: readonly ColumnGroup[];
  readonly name: string;
  readonly isRate: boolean;
}

/** As `figuresOf` tells one figure: undefined for what is left out. Of a figure that there is not in the kind, undefined. */
export function figureReader(
  kind: Kind<never>,
  path: FigurePath,
): ((row: Float64Array, track: Track | LongTrack | undefined) => number | undefined) | undefined {
  const told = layoutOf(kind).find(({ group, name }) => path.groups.includes(group) && name === path.name);
  if (told === undefined) return undefined;
  const { columns, unlessAllZero } = told;
  return (row, track) => {
    if (isLeftOut(unlessAllZero, row)) return undefined;
    if (!path.isRate) return sumIn(row, columns);
    return track === undefined ? 0 : rateOf(columns, track.history);
  };
}

function isLeftOut(unlessAllZero: readonly number[], row: Float64Array): boolean {
  if (unlessAllZero.length === 0) return false;
  for (const column of unlessAllZero) if ((row[column] as number) > 0) return false;
  return true;
}

function sumIn(row: Float64Array, columns: readonly number[]): number {
  let sum = 0;
  for (const column of columns) sum += row[column] as number;
  return sum;
}

function sumAt(history: History, moment: number, columns: readonly number[]): number {
  let sum = 0;
  for (const column of columns) sum += history.at(moment, column);
  return sum;
}

function rateOf(columns: readonly number[], history: History): number {
  const { last } = history;
  if (last <= history.first) return 0;
  return (sumAt(history, last, columns) - sumAt(history, last - 1, columns)) / (STEP_MS / 1000);
}

function detailsOf(
  columns: readonly number[],
  track: Track | LongTrack | undefined,
  range: Range | undefined,
  nowMs: number,
): Details {
  if (track === undefined) return { rate: 0 };
  const rate = rateOf(columns, track.history);
  if (range === undefined) return { rate };
  const { history: from, stepMs } = samplesFor(track, range);
  const incrementMs = Math.max(1000, range.incrementSeconds * 1000);
  const count = Math.min(SAMPLES_MAX, Math.floor((range.ageSeconds * 1000) / incrementMs) + 1);
  const newestMs = Math.floor(Math.min(nowMs, (from.last + 1) * stepMs - 1) / incrementMs) * incrementMs;
  const samples = Array.from({ length: count }, (_, i) => {
    const timestamp = newestMs - i * incrementMs;
    return { sample: sumAt(from, Math.floor(timestamp / stepMs), columns), timestamp };
  });
  const sum = samples.reduce((total, { sample }) => total + sample, 0);
  const first = samples.at(-1)?.sample ?? 0;
  const overSeconds = ((count - 1) * incrementMs) / 1000;
  const avg_rate = overSeconds === 0 ? 0 : ((samples[0]?.sample ?? 0) - first) / overSeconds;
  return { rate, samples, avg: sum / Math.max(1, count), avg_rate };
}

/** The finest that goes back as far as that; or else the one that goes back furthest. */
function samplesFor(track: Track | LongTrack, { ageSeconds }: Range): Samples {
  const short: Samples = { history: track.history, stepMs: STEP_MS };
  const all = 'long' in track ? [short, ...track.long] : [short];
  const reaches = ({ history, stepMs }: Samples): boolean => (history.places - 2) * stepMs >= ageSeconds * 1000;
  return all.find(reaches) ?? (all.at(-1) as Samples);
}

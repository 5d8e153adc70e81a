/** What is wrong, or may become so, in sentences: what is the matter first, then what helps. */
export interface Finding {
  readonly severity: Severity;
  readonly text: string;
}

/** An error keeps the broker, or what it promises, from working, or lets everybody in; a warning is a risk. */
export type Severity = 'error' | 'warning' | 'note';

export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];

export function error(text: string): Finding {
  return { severity: 'error', text };
}

export function warning(text: string): Finding {
  return { severity: 'warning', text };
}

export function note(text: string): Finding {
  return { severity: 'note', text };
}

/** 0 when there is nothing worse than a note, 1 for a warning, 2 for an error. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 2 {
  if (findings.some(({ severity }) => severity === 'error')) return 2;
  return findings.some(({ severity }) => severity === 'warning') ? 1 : 0;
}

/** The first names of many. */
export function namesOf(names: readonly string[], most = 5): string {
  const shown = names.slice(0, most).map((name) => `'${name}'`);
  const left = names.length - shown.length;
  return left === 0 ? shown.join(', ') : `${shown.join(', ')} and ${left} more`;
}

export function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6).toLocaleString('en-US')} MB`;
}

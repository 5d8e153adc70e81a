import { expect, test } from 'vitest';
import { layOut, type Term } from '../../../src/lib/erlang_layout.ts';

function list(...items: readonly Term[]): Term {
  return { brackets: '[]', items };
}

function tuple(...items: readonly Term[]): Term {
  return { brackets: '{}', items };
}

const WORD = '<<"abcdefghijklmno">>';

test('what fits stays in a line', () => {
  expect(layOut(list(), 1)).toBe('[]');
  expect(layOut(list(tuple('a', '1'), '"b"'), 15)).toBe('[{a,1},"b"]');
});

test('a line is 80 characters, with what comes behind it', () => {
  const text = 'x'.repeat(60);
  expect(layOut(list(text, 'y'.repeat(14)), 1)).toBe(`[${text},${'y'.repeat(14)}]`);
  expect(layOut(list(text, 'y'.repeat(15)), 1)).toBe(`[${text},${'y'.repeat(15)}]`);
  expect(layOut(list(text, 'y'.repeat(17)), 1)).toBe(`[${text},\n ${'y'.repeat(17)}]`);
});

test('what has no parts fills the lines', () => {
  const words = Array.from({ length: 5 }, () => WORD);
  expect(layOut(list(...words), 15)).toBe(
    `[${WORD},${WORD},\n${' '.repeat(15)}${WORD},${WORD},\n${' '.repeat(15)}${WORD}]`,
  );
});

test('what has parts begins a line, and what follows it too', () => {
  const parts = tuple(WORD, 'longstr', WORD);
  expect(layOut(list('a', parts, 'b', 'c', parts), 1)).toBe(
    `[a,\n {${WORD},longstr,${WORD}},\n b,c,\n {${WORD},longstr,${WORD}}]`,
  );
});

test('what comes after an atom is set off by it', () => {
  const long = 'x'.repeat(70);
  expect(layOut(list(tuple('longstr', long), tuple('byte', '1')), 10)).toBe(
    `[{longstr,${long}},\n${' '.repeat(10)}{byte,1}]`,
  );
});

// As RabbitMQ 4.3 wrote it.
test('a table of headers is laid out as Erlang does', () => {
  const array = list(tuple('byte', '1'), tuple('longstr', '<<"two">>'), tuple('void', 'undefined'));
  const headers = list(
    tuple('<<"a">>', 'byte', '1'),
    tuple('<<"arr">>', 'array', array),
    tuple('<<"t">>', 'table', list(tuple('<<"n">>', 'byte', '1'))),
  );
  const term = list(
    tuple('<<"delivery_mode">>', 'signedint', '2'),
    tuple('<<"headers">>', 'table', headers),
    tuple('<<"content_type">>', 'longstr', '<<"text/plain">>'),
  );
  expect(`Properties:   ${layOut(term, 15)}`).toBe(`Properties:   [{<<"delivery_mode">>,signedint,2},
               {<<"headers">>,table,
                [{<<"a">>,byte,1},
                 {<<"arr">>,array,
                  [{byte,1},{longstr,<<"two">>},{void,undefined}]},
                 {<<"t">>,table,[{<<"n">>,byte,1}]}]},
               {<<"content_type">>,longstr,<<"text/plain">>}]`);
});

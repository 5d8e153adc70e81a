import { assert } from '../../lib/assert.ts';
import type { Binding, Destination } from './binding.ts';
import { DestinationBag } from './destination_bag.ts';
import type { Matcher } from './matcher.ts';
import type { RoutedProperties } from './routed_properties.ts';

/** A prefix of some patterns. */
interface Node {
  /** Whether the last word of the prefix is '#', which takes any number of words. */
  readonly takesAny: boolean;
  /** The longer prefixes by their last word, '*' among them but not '#'. */
  words: Map<string, Node> | undefined;
  anyWords: Node | undefined;
  /** Where the bindings lead that have this very pattern. */
  destinations: DestinationBag | undefined;
  /** The last step of a match that this node was put on the list for. */
  step: number;
}

const ONE_WORD = '*';
const ANY_WORDS = '#';

/**
 * Patterns of words between dots, where '*' stands for one word and '#' for any number of them, also none.
 *
 * The patterns form a trie of words, and a match walks it as a non-deterministic automaton: word by word, it keeps the
 * list of nodes whose prefix the words so far satisfy. A node is on the list once, however many ways lead to it, so a
 * match looks at no more than (words + 1) x (nodes whose prefix matches) nodes, whatever the pattern and the key, and
 * nodes whose prefix does not match cost nothing, however many there are. So, unlike in RabbitMQ 4.3, a pattern may
 * have more than two '#'.
 */
export class TopicMatcher implements Matcher {
  readonly keyDecides = true;
  readonly firstKeyOnly = false;
  readonly #root: Node = createNode(false);
  #step = 0;

  add(binding: Binding): void {
    let node = this.#root;
    for (const word of wordsOf(binding.routingKey)) node = childOrCreate(node, word);
    node.destinations ??= new DestinationBag();
    node.destinations.add(binding.destination);
  }

  remove(binding: Binding): void {
    const words = wordsOf(binding.routingKey);
    const path = [this.#root];
    for (const word of words) {
      const child = childOf(path.at(-1)!, word);
      assert(child !== undefined, 'only a pattern that was added is removed');
      path.push(child);
    }
    const last = path.at(-1)!;
    assert(last.destinations !== undefined, 'only a pattern that was added is removed');
    last.destinations.remove(binding.destination);
    if (last.destinations.isEmpty) last.destinations = undefined;
    for (let depth = words.length; depth > 0 && isEmpty(path[depth]!); depth -= 1) {
      removeChild(path[depth - 1]!, words[depth - 1]!);
    }
  }

  /** Returns how many nodes it looked at, which is what it cost. */
  match(routingKey: string, _properties: RoutedProperties, found: (destination: Destination) => void): number {
    if (isEmpty(this.#root)) return 1;
    let current: Node[] = [];
    this.#step += 1;
    this.#enter(current, this.#root);
    let looks = current.length;
    for (const word of wordsOf(routingKey)) {
      const next: Node[] = [];
      this.#step += 1;
      for (const node of current) this.#advance(next, node, word);
      looks += next.length;
      current = next;
      if (current.length === 0) break;
    }
    for (const node of current) node.destinations?.report(found);
    return looks;
  }

  #advance(next: Node[], node: Node, word: string): void {
    if (node.takesAny) this.#enter(next, node);
    if (node.words === undefined) return;
    const same = node.words.get(word);
    if (same !== undefined) this.#enter(next, same);
    const one = node.words.get(ONE_WORD);
    if (one !== undefined) this.#enter(next, one);
  }

  /** Puts a node on the list, and the one a '#' further, which matches no word as well as any. */
  #enter(list: Node[], node: Node): void {
    if (node.step === this.#step) return;
    node.step = this.#step;
    list.push(node);
    if (node.anyWords !== undefined) this.#enter(list, node.anyWords);
  }
}

function createNode(takesAny: boolean): Node {
  return { takesAny, words: undefined, anyWords: undefined, destinations: undefined, step: 0 };
}

function isEmpty(node: Node): boolean {
  return node.words === undefined && node.anyWords === undefined && node.destinations === undefined;
}

function childOf(node: Node, word: string): Node | undefined {
  return word === ANY_WORDS ? node.anyWords : node.words?.get(word);
}

function childOrCreate(node: Node, word: string): Node {
  const present = childOf(node, word);
  if (present !== undefined) return present;
  const child = createNode(word === ANY_WORDS);
  if (word === ANY_WORDS) {
    node.anyWords = child;
  } else {
    node.words ??= new Map();
    node.words.set(word, child);
  }
  return child;
}

function removeChild(node: Node, word: string): void {
  if (word === ANY_WORDS) {
    node.anyWords = undefined;
    return;
  }
  node.words?.delete(word);
  if (node.words?.size === 0) node.words = undefined;
}

/** The empty key has no words at all; 'a..b' has an empty one in the middle. */
function wordsOf(key: string): readonly string[] {
  return key === '' ? [] : key.split('.');
}

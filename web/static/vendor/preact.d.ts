// The part of preact that the pages use. Written for this project.
export interface VNode {
  type: unknown;
}
export type Child = VNode | string | number | boolean | null | undefined | Child[];
export function h(type: unknown, props: object | null, ...children: Child[]): VNode;
export function render(view: Child, parent: Element): void;
export class Component<P = object, S = object> {
  constructor(props?: P);
  props: Readonly<P>;
  state: Readonly<S>;
  base: Element | null;
  setState(change: Partial<S> | ((state: Readonly<S>, props: Readonly<P>) => Partial<S> | null), done?: () => void): void;
  forceUpdate(): void;
  render(props: P, state: S): Child;
  componentDidMount?(): void;
  componentWillUnmount?(): void;
  componentDidUpdate?(before: P, stateBefore: S): void;
  shouldComponentUpdate?(next: P, nextState: S): boolean;
}

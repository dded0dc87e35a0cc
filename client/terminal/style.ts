import { styleText } from 'node:util';

/** Paints text, or leaves it alone where nobody sees colours. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  accent(text: string): string;
}

/** Colours for a terminal, none for files and pipes; NO_COLOR and FORCE_COLOR count on terminals. */
export function styleFor(stream: NodeJS.WriteStream): Style {
  const isColourful = stream.isTTY && stream.hasColors();
  const paint = (format: 'bold' | 'dim' | 'green' | 'red' | 'yellow' | 'cyan') => (text: string) =>
    isColourful ? styleText(format, text, { validateStream: false }) : text;
  return {
    bold: paint('bold'),
    dim: paint('dim'),
    good: paint('green'),
    bad: paint('red'),
    warn: paint('yellow'),
    accent: paint('cyan'),
  };
}

/** The width of a terminal in columns; 100 where there is none. */
export function widthOf(stream: NodeJS.WriteStream): number {
  return stream.isTTY ? Math.max(60, stream.columns) : 100;
}

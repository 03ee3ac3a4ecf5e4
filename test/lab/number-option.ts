/** A numeric option of a command line. */
import { InvalidArgumentError } from 'commander';

/** @returns a parser that refuses what is no number, or lies outside, and says what it wanted. */
export function numberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`got ${text}, wanted a number from ${min} to ${max}`);
  };
}

// How many bytes text takes in UTF-8, for formats that count them.

/** A lone surrogate is written as U+FFFD, three bytes. */
export function utf8Length(text: string, from = 0, to = text.length): number {
  let bytes = 0
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (unit >= 0xd800 && unit < 0xdc00 && at + 1 < to && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) {
      bytes += 4
      at++
    } else bytes += 3
  }
  return bytes
}

const step = 1024

/** The bytes before each offset of a text. Many are asked for on one long line, so that the way to each is short. */
export function utf8Offsets(text: string): (offset: number) => number {
  const known = [0]
  // A step that ends within a pair would count its halves apart.
  const splits = (at: number): number => ((text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 ? at - 1 : at)
  return offset => {
    const index = Math.floor(offset / step)
    while (known.length <= index) known.push(known.at(-1)! + utf8Length(text, splits((known.length - 1) * step), splits(known.length * step)))
    return known[index]! + utf8Length(text, splits(index * step), offset)
  }
}

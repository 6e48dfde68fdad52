// Lines of the ignore file, for messages.
import { lineMap, type Span } from '../text.ts'
import type { Build } from '../model/build.ts'
import { quotedText } from './instruction-text.ts'

/** "line 3 of .dockerignore ("dist")". */
export function ignoreLine({ context: { ignoreFile } }: Build, { span }: { readonly span: Span }): string {
  return `line ${lineMap(ignoreFile!.text).position(span.start).line} of ${ignoreFile!.path} ("${ignoreText(ignoreFile!.text, span)}")`
}

export const ignoreText = (text: string, { start, end }: Span): string => quotedText(text.slice(start, end), 40)

// Hover over an instruction: what the model knows of it.
import type { Hover, TextDocumentPositionParams } from 'vscode-languageserver'
import { hoverAt } from '../../index.ts'
import { offsetAt, rangeOf } from './positions.ts'
import type { Session } from './session.ts'

export async function hover(session: Session, { textDocument, position }: TextDocumentPositionParams): Promise<Hover | null> {
  const document = session.documents.get(textDocument.uri)
  if (document?.kind !== 'dockerfile' || !session.wishes().enable) return null
  const { looked } = await session.look(document)
  if (looked.kind !== 'seen' || !looked.examined.build) return null
  const { encoding, hasMarkdown } = session.client
  const found = hoverAt(looked.examined.build, offsetAt(document.text, position, encoding))
  if (!found) return null
  const value = hasMarkdown ? found.markdown : found.markdown.replace(/^#### /gm, '').replace(/\*\*|`/g, '')
  return { contents: { kind: hasMarkdown ? 'markdown' : 'plaintext', value }, range: rangeOf(document.text, found.span, encoding) }
}

// What is said of an instruction: by the model, and through the protocol.
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Hover, MarkupContent } from 'vscode-languageserver'
import { code } from '../../../src/hover.ts'
import { examine, hoverAt, parseBuild } from '../../../src/index.ts'
import type { Input } from '../../../src/index.ts'
import { uriOf } from '../../../src/node/lsp/uris.ts'
import { temporaryFolder } from '../../support/io.ts'
import { contextOf } from '../../support/input.ts'
import { full, startEditor } from './editor.ts'

const text = `ARG VERSION=22
FROM node:$VERSION AS deps
WORKDIR /app
ARG MODE
COPY package.json package-lock.json ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN npm run build
FROM nginx:1 AS other
RUN true
FROM nginx:1
COPY --link --from=deps /app/dist /srv
LABEL a=b
ENV TOKEN=hunter2
RUN nginx -t
`
const context = contextOf({ 'package.json': '{}', 'package-lock.json': '{}', 'index.js': '', 'lib/a.js': '' })
const told = (at: string, input: Partial<Input> = {}): string => {
  const own = input.text ?? text
  return hoverAt(examine({ path: 'Dockerfile', text: own, context, ...input }).build!, own.indexOf(at))?.markdown ?? ''
}

describe('a step', () => {
  test('tells its key, its causes, its cost and what follows', () => {
    expect(told('RUN --mount')).toBe(`#### cachemiss: RUN, stage \`deps\`

**In its cache key**

- its own text
- the step before it: \`COPY package.json package-lock.json ./\` (line 5)
- \`MODE\`, when the build is given a value
- not the content of its cache mount

**Runs again when**

- one of 2 context files changes (line 5: \`COPY package.json package-lock.json ./\`)
- \`node:22\` is updated
- the build argument \`VERSION\` has another value
- the build argument \`MODE\` has another value
- it or a step before it is edited

**Cost:** about 23 s, typical for such commands

**After it:** when it runs, so do 2 steps (lines 7, 8). What copies from it (line 12) runs only when the files it takes differ.`)
  })

  test('takes files: which, and how many', () => {
    expect(told('COPY . .')).toMatch(/the content of `\.` in the build context \(4 files\)[^]*one of \d context files changes \(taken here\)/)
    expect(told('COPY . .', { context: undefined! })).toMatch(/how many is unknown[^]*a context file changes \(taken here\)/)
  })

  test('among very many does not wait for all its causes', () => {
    const many = (count: number): string => {
      const own = `FROM alpine\n${'COPY a /\n'.repeat(count)}RUN b\n`
      return hoverAt(parseBuild(own, 'Dockerfile'), own.indexOf('RUN'))!.markdown
    }
    expect(many(9000)).toContain('there are more causes than were looked at')
    expect(many(9)).not.toContain('more causes')
  })
  test('tells of what steps before it fetch', () => {
    const fetching = 'FROM alpine AS a\nADD https://example.com/x /x\nRUN one\nFROM a\nRUN two\nFROM scratch\nCOPY --link --from=1 /x /x\nADD --link https://example.com/y /y\nRUN three\n'
    expect(told('ADD', { text: fetching })).toContain('- what it fetches has changed there')
    expect(told('RUN one', { text: fetching })).toContain('- what line 2 fetches has changed there')
    expect(told('RUN two', { text: fetching, target: '1' })).toContain('- what line 2 fetches has changed there')
    expect(told('COPY', { text: fetching })).toContain('- what line 2 fetches has changed there')
    expect(told('ADD --link', { text: fetching }).match(/fetches/g)).toHaveLength(1)
    expect(told('RUN three', { text: fetching }).match(/fetches/g)).toHaveLength(2)
  })
  test('with --link stands on nothing', () => expect(told('COPY --link')).toMatch(/not the steps before it: it has `--link`/))
  test('of a stage that is not needed is not built', () => expect(told('RUN true')).toContain('Not built: `2` does not need this stage.'))
  test('without a known cost says so', () => expect(told('RUN nginx -t')).toContain('**Cost:** unknown'))
})

test('a stage, a variable and a label are no steps', () => {
  expect(told('FROM node')).toContain('Whoever updates `node:22` in the registry makes what stands on it run again.')
  expect(told('FROM nginx:1 AS')).toContain('Not built')
  expect(told('ENV TOKEN')).toContain('It is in the key of 1 RUN step of this stage: line 15.')
  expect(told('ARG MODE')).toContain('it is in the key of 2 RUN steps of this stage: lines 6, 8.')
  expect(told('LABEL')).toContain('No step: nothing runs for it')
  expect(told('ARG VERSION')).toBe('#### cachemiss: ARG `VERSION`\n\nNo step. Above the first FROM it counts in FROM lines, and in stages that name it with an ARG of their own: line 2.')
  expect(told('ARG A', { text: 'ARG A=1\nARG AB\nFROM a:$AB\nARG AB\nRUN b\n' })).toContain('of their own: none does.')
  expect(told('ARG AB', { text: 'ARG A=1\nARG AB\nFROM a:$AB\nARG AB\nRUN b\n' })).toContain('of their own: lines 3, 4.')
})

test('values of variables are not shown', () => {
  for (let at = 0; at < text.length; at += 5) expect(hoverAt(examine({ path: 'Dockerfile', text, context }).build!, at)?.markdown ?? '').not.toContain('hunter2')
})

test('what a user wrote stays code', () => {
  expect(code('a`b``c')).toBe('``` a`b``c ```')
  expect(code('a\u202eb\u0007\nc')).toBe('`a b c`')
  expect(code('x'.repeat(100))).toHaveLength(62)
  expect(told('RUN', { text: 'FROM scratch\nCOPY a](http://x)<img> /\nRUN `[x](y)`\n' })).toContain('`COPY a](http://x)<img> /`')
})

describe('in an editor', () => {
  const hovered = async (capabilities: object): Promise<MarkupContent & { readonly range: unknown }> => {
    const folder = temporaryFolder()
    const editor = await startEditor({ folders: [folder.path], capabilities: { ...full, ...capabilities } })
    const uri = uriOf(join(folder.path, 'Dockerfile'))
    editor.open(uri, text)
    const at = (line: number): Promise<Hover | null> => editor.client.sendRequest('textDocument/hover', { textDocument: { uri }, position: { line, character: 2 } })
    expect(await at(0)).not.toBeNull()
    expect(await editor.client.sendRequest('textDocument/hover', { textDocument: { uri: `${uri}2` }, position: { line: 1, character: 0 } })).toBeNull()
    const found = (await at(5))!
    editor.change(uri, 2, { text: 'COPPY\n' })
    expect(await at(0)).toBeNull()
    await editor.leave()
    folder.remove()
    return { ...found.contents as MarkupContent, range: found.range }
  }

  test('it is Markdown over the instruction', async () => {
    expect(await hovered({})).toMatchObject({ kind: 'markdown', value: expect.stringContaining('**Runs again when**'), range: { start: { line: 5, character: 0 }, end: { line: 5, character: 47 } } })
  })
  test('or plain text', async () => {
    const { kind, value } = await hovered({ textDocument: { hover: { contentFormat: ['plaintext'] } } })
    expect(kind).toBe('plaintext')
    expect(value).not.toMatch(/[*#`]/)
  })
})

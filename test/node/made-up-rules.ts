// Rules for tests of fixing: each fix is as simple as it can be, and no real rule gets in the way.
import type * as index from '../../src/index.ts'
import type { Report, Rule } from '../../src/rule.ts'

/** What happens while a file is looked at. */
export const world = { onCheck: (): void => {} }

/** For `vi.mock` of the engine. */
export function withMadeUpRules(engine: typeof index): typeof index {
  const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(match => ({ word: match[1] ?? '', span: { start: match.index, end: match.index + match[0].length } }))
  const rule = (id: string, fixable: Rule['fixable'], check: (build: Parameters<Rule['check']>[0]) => readonly Report[]): Rule =>
    ({ id, summary: 'Made up', category: 'order', severity: 'warning', ...fixable && { fixable }, check })
  const made: readonly Rule[] = [
    rule('old-label', 'safe', ({ text }) => (world.onCheck(), matches(text, /LABEL old=(\d)/g).map(({ word, span }) => ({ at: { span }, message: `Label ${word} is old.`, fix: { title: 'Rename the label', safety: 'safe', edits: [{ span, text: `LABEL new=${word}` }], drops: ['/var/log/**'] } })))),
    rule('old-user', 'suggested', ({ text }) => matches(text, /USER old/g).map(({ span }) => ({ at: { span }, message: 'The user is old.', fix: { title: 'USER of today', safety: 'suggested', assumes: 'nobody is called old', edits: [{ span, text: 'USER new' }] } }))),
    rule('missing-line', 'safe', ({ text, context }) => matches(text, /# ignore (\w+)/g).filter(({ word }) => !context.ignoreFile?.text.includes(word))
      .map(({ word, span }) => ({ at: { span }, message: `Nothing ignores ${word}.`, fix: { title: `Ignore ${word}`, safety: 'safe', edits: [], ignoreLines: [word] } }))),
    rule('wrong-line', 'safe', ({ context }) => matches(context.ignoreFile?.text ?? '', /wrong/g).map(({ span }) => ({ at: { span, file: 'ignore' }, message: 'This is wrong.', fix: { title: 'Correct it', safety: 'safe', edits: [], ignoreEdits: [{ span, text: 'right' }] } }))),
    rule('broken-fix', 'safe', ({ text }) => matches(text, /LABEL broken=1/g).map(({ span }) => ({ at: { span }, message: 'Broken.', fix: { title: 'Break it', safety: 'safe', edits: [{ span, text: 'COPPY x' }] } }))),
    rule('needed-line', undefined, ({ text, context }) => matches(text, /# needs (\w+)/g).filter(({ word }) => !context.ignoreFile?.text.includes(word)).map(({ word, span }) => ({ at: { span }, message: `Nothing ignores ${word}.` }))),
    rule('no-fixes', undefined, ({ text }) => matches(text, /STOPSIGNAL/g).map(({ span }) => ({ at: { span }, message: 'Stop.', noFix: 'nobody knows a better signal' }))),
  ]
  return { ...engine, rules: [...engine.rules.filter(({ id }) => id === 'syntax-error'), ...made] }
}

import rule from '../../rules/unused-ignore.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

// What other rules find or do not find under a comment is in test/lint.test.ts; here it runs alone.
ruleTester(rule, {
  valid: [
    { name: 'a rule that does not run', code: '# cachemiss ignore=merge-consecutive-run\nFROM a\n' },
    { name: "hadolint's and BuildKit's own", code: '# check=skip=X\n# hadolint global ignore=DL1\nFROM a\n# hadolint ignore=DL2\nRUN b\n' },
    { name: 'suppressed itself', code: '# cachemiss ignore-file=unused-ignore\nFROM a\n# cachemiss ignore=\nRUN b\n' },
  ],
  invalid: [
    {
      code: dockerfile`
        FROM a
        # cachemiss ignore= -- whatever
        RUN b`,
      findings: [{ at: '# cachemiss ignore= -- whatever', message: /names no rule/ }],
    },
  ],
})

import rule from '../../rules/syntax-error.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

ruleTester(rule, {
  valid: [
    dockerfile`
      FROM node:22
      RUN npm ci`,
    { name: 'a suppression comment is no syntax', code: '# cachemiss ignore=\nFROM a\n' },
  ],
  invalid: [
    { code: dockerfile`
        FROM node:22
        COPPY . .`, findings: [{ at: /^COPPY/, message: /COPPY/ }] },
    { code: dockerfile`
        FROM node:22
        RUN <<EOF
        npm ci`, findings: [{ at: /RUN <<EOF|<<EOF/, message: /EOF/ }] },
  ],
})

import { expect, test } from 'vitest'
import rule from '../../rules/base-image-not-digest-pinned.ts'
import { ruleTester } from '../support/rule-tester.ts'

const digest = `@sha256:${'0'.repeat(64)}`

ruleTester(rule, {
  valid: [
    `FROM node:22${digest}\n`,
    `FROM node${digest}\n`,
    'FROM scratch\nCOPY a /\n',
    { name: 'a stage', code: `FROM node:22${digest} AS base\nFROM base\n` },
    { name: 'an argument nobody knows', code: 'ARG BASE\nFROM $BASE\n' },
    { name: 'an argument with a digest', code: `ARG BASE=node:22${digest}\nFROM $BASE\n` },
    { name: 'a stage that is not built', code: `FROM node:22 AS a\nFROM node:22${digest}\n` },
  ],
  invalid: [
    { code: 'FROM node:22\n', findings: [{ at: 'node:22', message: '"node:22" names no digest, so another image under this name re-runs every step on it: write "node:22@sha256:…" and let a bot raise it.' }] },
    { code: 'FROM node\n', findings: [{ at: 'node', message: /names no digest/ }] },
    { name: 'an argument', code: 'ARG BASE=node:22\nFROM $BASE\n', findings: [{ at: '$BASE', message: /"\$BASE" names no digest.*"node:22@sha256:…" in the argument/ }] },
    { name: 'one finding for one image', code: 'FROM node:22 AS a\nRUN true\nFROM node:22\nCOPY --from=a /a /\n', findings: [{ at: 'node:22', line: 1, message: /names/, related: [{ at: 'node:22' }] }] },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\n', findings: [{ at: /nanoserver/, message: /names/ }] },
  ],
})

test('off by default: only the owner knows whether a bot raises digests', () => expect(rule.recommended).toBe(false))

import { expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import rule from '../../rules/apt-lists-not-removed.ts'

const code = 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCMD ["curl"]\n'

test.each([
  ['vendor/github.com/acme/tail/Dockerfile', { 'vendor/modules.txt': '' }, 'the file is vendored: vendor/modules.txt is of the tool that writes it anew'],
  ['app/vendor/acme/tail/Dockerfile', { 'app/vendor/autoload.php': '' }, 'the file is vendored: app/vendor/autoload.php is of the tool that writes it anew'],
  ['node_modules/tail/Dockerfile', {}, 'the file is part of a package in node_modules, which an install writes anew'],
  ['vendor/acme/Dockerfile', {}, null],
  ['Dockerfile', { 'vendor/modules.txt': '' }, null],
])('%s', (path, files, reason) => {
  const [finding] = lint(inputOf({ code, path, files }), [activeRule(rule)])
  expect(finding!.noFix).toBe(reason)
  expect(finding!.fix === null).toBe(reason !== null)
})

import { expect, test } from 'vitest'
import rule from '../../rules/declared-proxy-arg.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule, inputOf } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const install = 'RUN apt-get update && apt-get install -y curl'
const early = (line: string, rest: string = install): string => `FROM debian\n${line}\n${rest}\n`

const fixes: readonly (readonly [name: string, given: string, wanted: string])[] = [
  ['beside another variable', early('ARG HTTP_PROXY VERSION=1 NO_PROXY', `${install}=$VERSION`), early('ARG VERSION=1', `${install}=$VERSION`)],
  ['over several lines', early('ARG VERSION=1 \\\n    HTTP_PROXY \\\n    NO_PROXY', `${install}=$VERSION`), early('ARG VERSION=1', `${install}=$VERSION`)],
  ['a paragraph with its comment', `FROM debian\n\n# for the office\nARG HTTP_PROXY\nARG https_proxy\n\n${install}\n`, `FROM debian\n\n${install}\n`],
  ['a comment that heads more', `FROM debian\n\n# set by the caller\nARG HTTP_PROXY\nARG VERSION\n${install}\n`, `FROM debian\n\n# set by the caller\nARG VERSION\n${install}\n`],
  ['line ends and lower case', `from debian\r\narg http_proxy\r\nrun make\r\n`, `from debian\r\nrun make\r\n`],
]

ruleTester(rule, {
  valid: [
    { name: 'only before FROM', code: `ARG HTTP_PROXY\nFROM debian\n${install}\n` },
    { name: 'no RUN below', code: `FROM debian\n${install}\nARG HTTP_PROXY\nCOPY . .\n` },
    { name: 'wanted in the image', code: early('ARG HTTP_PROXY', `ENV HTTP_PROXY=$HTTP_PROXY\n${install}`) },
    { name: 'wanted under a name in another case', code: early('ARG http_proxy', `ENV HTTP_PROXY=$http_proxy\n${install}`) },
    { name: 'written into settings', code: early('ARG http_proxy', 'RUN npm config set proxy $http_proxy && npm ci') },
    { name: 'written into settings in another case', code: early('ARG HTTP_PROXY', 'RUN npm config set proxy "${http_proxy}" && npm ci') },
    { name: 'used in a here-document', code: dockerfile`FROM debian
                                                       ARG HTTP_PROXY
                                                       RUN <<EOF
                                                       echo "Acquire::http::Proxy \\"$HTTP_PROXY\\";" > /etc/apt/apt.conf.d/proxy
                                                       apt-get update
                                                       EOF` },
    { name: 'used by another argument', code: early('ARG HTTP_PROXY\nARG MAVEN_OPTS=-Dproxy=$HTTP_PROXY') },
    { name: 'used in a stage built FROM here', code: `FROM debian AS base\nARG HTTP_PROXY\nFROM base\nENV http_proxy=$HTTP_PROXY\n${install}\n` },
    { name: 'a value of its own', code: early('ARG HTTP_PROXY=http://proxy.example.org:3128') },
    { name: 'a global value', code: `ARG HTTP_PROXY=http://proxy.example.org:3128\n${early('ARG HTTP_PROXY')}` },
    ...['ARG PROXY', 'ARG APT_PROXY', 'ARG GOPROXY', 'ARG HTTP_PROXY_HOST', 'ENV NO_PROXY=localhost'].map(line => ({ name: `not predefined: ${line}`, code: early(line) })),
    { name: 'a stage that is not needed', code: `${early('ARG HTTP_PROXY')}FROM debian\nRUN true\n` },
    { name: 'a trigger', code: early('ONBUILD ARG HTTP_PROXY') },
  ],
  invalid: [
    {
      code: early('ARG HTTP_PROXY'),
      findings: [{ at: 'ARG HTTP_PROXY', message: '"ARG HTTP_PROXY" puts the proxy, which differs between machines, into the cache key of "RUN apt-get update && apt-get install -…" (line 3), although RUN gets it undeclared; delete HTTP_PROXY.' }],
      fixed: `FROM debian\n${install}\n`,
    },
    {
      name: 'several', code: early('ARG http_proxy\nARG VERSION\nARG https_proxy=""\nARG no_proxy', `${install}\nRUN make`),
      findings: [{ at: 'ARG http_proxy', message: /and 1 more RUN step, although .* delete http_proxy, https_proxy and no_proxy here and on lines 4 and 5\.$/, related: [{ at: 'ARG https_proxy=""' }, { at: 'ARG no_proxy' }] }],
      fixed: early('ARG VERSION', `${install}\nRUN make`),
    },
    { name: 'several in one instruction', code: early('ARG HTTP_PROXY HTTPS_PROXY'), findings: [{ at: 'ARG HTTP_PROXY HTTPS_PROXY', message: /delete HTTP_PROXY and HTTPS_PROXY\.$/ }], fixed: `FROM debian\n${install}\n` },
    { name: 'only the one that nothing uses', code: early('ARG HTTP_PROXY\nARG NO_PROXY', `ENV HTTP_PROXY=$HTTP_PROXY\n${install}`), findings: [{ at: 'ARG NO_PROXY', message: /delete NO_PROXY\.$/ }], fixed: early('ARG HTTP_PROXY', `ENV HTTP_PROXY=$HTTP_PROXY\n${install}`) },
    { name: 'point 5: the RUN stands in a stage built FROM here', code: `FROM debian AS base\nARG ALL_PROXY\nFROM base\n${install}\n`, findings: [{ at: 'ARG ALL_PROXY', message: /line 4/ }], fixed: `FROM debian AS base\nFROM base\n${install}\n` },
    { name: 'each stage on its own', code: `FROM debian AS a\nARG HTTP_PROXY\nRUN make\nFROM debian\nARG HTTP_PROXY\nRUN make install\nCOPY --from=a /a /a\n`, findings: [{ at: 'ARG HTTP_PROXY', line: 2, message: /make/ }, { at: 'ARG HTTP_PROXY', line: 5, message: /make install/ }], fixed: 'FROM debian AS a\nRUN make\nFROM debian\nRUN make install\nCOPY --from=a /a /a\n' },
    ...fixes.map(([name, given, wanted]) => ({ name: `fix: ${name}`, code: given, findings: [{ at: /ARG/i, message: /delete/ }], fixed: wanted })),
    { name: 'no fix: a stage below sets it', code: `FROM debian AS base\nENV HTTP_PROXY=http://proxy.example.org\nFROM base\nARG HTTP_PROXY\n${install}\n`, findings: [{ at: 'ARG HTTP_PROXY', message: /delete/ }], fixed: null },
    { name: 'no fix: a comment among the names', code: early('ARG HTTP_PROXY \\\n# the version\n  VERSION', `${install}=$VERSION`), findings: [{ at: /ARG/, message: /delete/ }], fixed: null },
  ],
})

test.each([
  ['without a value', 'ARG HTTP_PROXY', { safety: 'safe' }],
  ['made empty', 'ARG HTTP_PROXY=""', { safety: 'suggested', assumes: 'the base image sets no HTTP_PROXY' }],
])('deleting an argument %s', (_, line, fix) => {
  expect(lint(inputOf({ code: early(line) }), [activeRule(rule)])[0]?.fix).toMatchObject({ title: 'Delete ARG HTTP_PROXY', ...fix })
})

import rule from '../../rules/secret-in-cache-key.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const using = (argument: string, command: string): string => `FROM node:22\n${argument}\nRUN ${command}\nCMD ["node", "."]\n`

ruleTester(rule, {
  valid: [
    { name: 'a secret mount', code: using('ENV CI=1', '--mount=type=secret,id=npm,env=NPM_TOKEN npm ci') },
    { name: 'a secret mount that hides the argument', code: using('ARG NPM_TOKEN', '--mount=type=secret,id=npm,env=NPM_TOKEN npm config set //npm.example.com/:_authToken $NPM_TOKEN') },
    { name: 'a name alone: nobody uses it', code: using('ARG API_TOKEN', 'echo hello') },
    { name: 'a name alone: the build of a web page takes it in', code: using('ARG API_KEY', 'npm run build') },
    { name: 'public in the page', code: using('ARG NEXT_PUBLIC_API_KEY', 'curl -H "key: $NEXT_PUBLIC_API_KEY" https://example.com') },
    { name: 'a token of maps, which ships', code: using('ARG REACT_APP_MAPBOX_TOKEN', 'npm ci && echo $REACT_APP_MAPBOX_TOKEN') },
    { name: 'a token-like name that is none', code: using('ARG TOKENIZER', 'curl -o t https://example.com/$TOKENIZER') },
    { name: 'a key of a package repository', code: using('ARG APT_KEY', 'curl -o k https://example.com/$APT_KEY') },
    { name: 'the file that holds it', code: using('ARG TOKEN_FILE', 'curl -H @$TOKEN_FILE https://example.com') },
    { name: 'a default for everybody', code: using('ARG DB_PASSWORD=postgres', 'curl -u postgres:$DB_PASSWORD https://example.com') },
    { name: 'a placeholder of the build: SECRET_KEY_BASE', code: using('ENV SECRET_KEY_BASE=dummy', 'bundle exec rails assets:precompile') },
    { name: 'the password of a user of the image is to stay', code: using('ARG ROOT_PASSWORD', 'echo "root:$ROOT_PASSWORD" | chpasswd') },
    { name: 'a database that the image brings', code: using('ARG DB_PASSWORD', 'psql -c "CREATE USER x PASSWORD \'$DB_PASSWORD\'"') },
    { name: 'said to be none', code: 'FROM node:22\n# note this isn\'t super secret, so we use an ARG\nARG SCANNER_TOKEN\nRUN curl -H "x: $SCANNER_TOKEN" https://example.com\n' },
    { name: 'before FROM it is in no key', code: 'ARG NPM_TOKEN\nFROM node:22\nRUN npm config set //npm.example.com/:_authToken $NPM_TOKEN\n' },
    { name: 'declared below its use', code: 'FROM node:22\nRUN git clone https://$GIT_TOKEN@example.com/x\nARG GIT_TOKEN\n' },
    { name: 'a stage that is not built', code: dockerfile`
      FROM node:22 AS release
      ARG GITHUB_TOKEN
      RUN curl -H "Authorization: $GITHUB_TOKEN" https://example.com
      FROM node:22
      CMD ["node", "."]` },
    { name: 'Windows has no mounts', code: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nARG NPM_TOKEN\nRUN npm config set x $NPM_TOKEN\n' },
    { name: 'ONBUILD', code: 'FROM node:22\nONBUILD ARG NPM_TOKEN\nONBUILD RUN npm ci\n' },
  ],
  invalid: [
    {
      code: dockerfile`
        FROM node:22
        WORKDIR /app
        ARG NPM_TOKEN
        COPY package.json .npmrc ./
        RUN npm ci
        CMD ["node", "."]`,
      findings: [{
        at: 'ARG NPM_TOKEN',
        message: '"ARG NPM_TOKEN" puts a secret in the key of every RUN below it and in the history of the image: each new value re-runs them, "npm ci" (line 5) among them; use "RUN --mount=type=secret,id=npm_token,env=NPM_TOKEN" where it is needed.',
        related: [{ at: 'RUN npm ci' }],
      }],
      fixed: 'FROM node:22\nWORKDIR /app\nCOPY package.json .npmrc ./\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\nCMD ["node", "."]\n',
    },
    { name: 'in an address', code: using('ARG TOKEN', 'git clone https://$TOKEN@github.com/a/b.git'), findings: [{ at: 'ARG TOKEN', message: /re-runs them, "git clone/ }], fixed: 'FROM node:22\nRUN --mount=type=secret,id=token,env=TOKEN git clone https://$TOKEN@github.com/a/b.git\nCMD ["node", "."]\n' },
    { name: 'in a header', code: using('ARG GH_PAT', 'curl -H "Authorization: Bearer ${GH_PAT}" https://example.com'), findings: [{ at: 'ARG GH_PAT', message: /re-runs them, "curl/ }], fixed: 'FROM node:22\nRUN --mount=type=secret,id=gh_pat,env=GH_PAT curl -H "Authorization: Bearer ${GH_PAT}" https://example.com\nCMD ["node", "."]\n' },
    { name: 'for a settings file', code: using('ARG npmToken', 'echo "//npm.example.com/:_authToken=$npmToken" > .npmrc'), findings: [{ at: 'ARG npmToken', message: /id=npmtoken,env=npmToken/ }], fixed: 'FROM node:22\nRUN --mount=type=secret,id=npmtoken,env=npmToken echo "//npm.example.com/:_authToken=$npmToken" > .npmrc\nCMD ["node", "."]\n' },
    { name: 'an empty default', code: using('ARG GIT_TOKEN=""', 'git clone https://$GIT_TOKEN@github.com/a/b.git'), findings: [{ at: 'ARG GIT_TOKEN=""', message: /secret/ }], fixed: 'FROM node:22\nRUN --mount=type=secret,id=git_token,env=GIT_TOKEN git clone https://$GIT_TOKEN@github.com/a/b.git\nCMD ["node", "."]\n' },
    { name: 'passed on as ENV', code: 'FROM node:22\nARG PASSED_TOKEN\nENV NPM_TOKEN=$PASSED_TOKEN\nRUN npm ci\n', findings: [{ at: 'ARG PASSED_TOKEN', message: /re-runs them, "npm ci"/, related: [{ at: 'ENV NPM_TOKEN=$PASSED_TOKEN' }, { at: 'RUN npm ci' }] }], fixed: null },
    { name: 'read by Composer itself', code: "FROM composer:2\nARG COMPOSER_AUTH='{}'\nRUN composer install\n", findings: [{ at: "ARG COMPOSER_AUTH='{}'", message: /secret/ }], fixed: null },
    { name: 'an SSH key', code: using('ARG SSH_PRIVATE_KEY', 'mkdir -p /root/.ssh && echo "$SSH_PRIVATE_KEY" > /root/.ssh/id_rsa'), findings: [{ at: 'ARG SSH_PRIVATE_KEY', message: /use "RUN --mount=type=ssh" where/ }], fixed: null },
    { name: 'in a here-document', code: 'FROM node:22\nARG GIT_TOKEN\nRUN <<EOF\nset -e\ngit clone https://$GIT_TOKEN@github.com/a/b.git\nEOF\n', findings: [{ at: 'ARG GIT_TOKEN', message: /"git clone .* \(line 5\)/ }], fixed: 'FROM node:22\nRUN --mount=type=secret,id=git_token,env=GIT_TOKEN <<EOF\nset -e\ngit clone https://$GIT_TOKEN@github.com/a/b.git\nEOF\n' },
    { name: 'in a builder stage it is not in the history; the same in two stages is one', code: dockerfile`
      FROM node:22 AS a
      ARG NPM_TOKEN
      RUN npm ci
      FROM node:22 AS b
      ARG NPM_TOKEN
      RUN npm install
      FROM scratch
      COPY --from=a /app /a
      COPY --from=b /app /b`, findings: [{ at: 'ARG NPM_TOKEN', line: 2, message: /every RUN below it: each/ }], fixed: 'FROM node:22 AS a\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\nFROM node:22 AS b\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm install\nFROM scratch\nCOPY --from=a /app /a\nCOPY --from=b /app /b\n' },
    { name: 'all steps that read it, and what runs scripts', code: 'FROM node:22\nARG NPM_TOKEN\nCOPY . .\nRUN npm ci\nRUN apt-get update && apt-get install -y curl\nRUN npm run build\nRUN ./publish.sh && \\\n    echo done\nCMD ["node", "."]\n', findings: [{ at: 'ARG NPM_TOKEN', message: /secret/ }], fixed: 'FROM node:22\nCOPY . .\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\nRUN apt-get update && apt-get install -y curl\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm run build\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN \\\n    ./publish.sh && \\\n    echo done\nCMD ["node", "."]\n' },
    { name: 'in a stage that is built from it', code: 'FROM node:22 AS base\nARG NPM_TOKEN\nRUN npm ci\nFROM base\nRUN npm run build\nCMD ["node", "."]\n', findings: [{ at: 'ARG NPM_TOKEN', message: /secret/ }], fixed: 'FROM node:22 AS base\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\nFROM base\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm run build\nCMD ["node", "."]\n' },
    { name: 'one of several in an ARG', code: 'FROM node:22\nARG CI NPM_TOKEN\nRUN npm ci\nCMD ["node", "."]\n', findings: [{ at: 'ARG CI NPM_TOKEN', message: /secret/ }], fixed: 'FROM node:22\nARG CI\nRUN --mount=type=secret,id=npm_token,env=NPM_TOKEN npm ci\nCMD ["node", "."]\n' },
    { name: 'no fix: another instruction uses it', code: 'FROM node:22\nARG NPM_TOKEN\nRUN npm ci\nLABEL token=$NPM_TOKEN\nCMD ["node", "."]\n', findings: [{ at: 'ARG NPM_TOKEN', message: /secret/ }], fixed: null },
    { name: 'no fix: declared for FROM as well', code: 'ARG NPM_TOKEN\nFROM node:22\nARG NPM_TOKEN\nRUN npm ci\nCMD ["node", "."]\n', findings: [{ at: 'ARG NPM_TOKEN', line: 3, message: /secret/ }], fixed: null },
    { name: 'no fix: an old frontend', code: `# syntax=docker/dockerfile:1.9\n${using('ARG NPM_TOKEN', 'npm ci')}`, findings: [{ at: 'ARG NPM_TOKEN', message: /secret/ }], fixed: null },
    { name: 'no fix: too many steps', code: `FROM node:22\nARG NPM_TOKEN\n${'RUN npm ci\n'.repeat(5)}CMD ["node", "."]\n`, findings: [{ at: 'ARG NPM_TOKEN', message: /secret/ }], fixed: null },
  ],
})

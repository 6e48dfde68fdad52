import rule from '../../rules/chown-in-separate-layer.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const fine = (name: string, ...lines: readonly string[]): { readonly name: string; readonly code: string } => ({ name, code: `FROM example\n${lines.join('\n')}\nCMD ["app"]\n` })

ruleTester(rule, {
  valid: [
    fine('the copy names the owner', 'COPY --chown=app:app . /app', 'RUN chown -R app:app /app'),
    fine('the copy names the same numbers', 'COPY --chown=1000:1000 . /app', 'RUN chown -R 1000:1000 /app'),
    fine('files of root given to root', 'COPY . /app', 'RUN chown -R root:root /app'),
    fine('to the group they have', 'COPY . /app', 'RUN chgrp -R 0 /app'),
    fine('an empty folder', 'RUN mkdir -p /data && chown -R app:app /data', 'COPY . /app'),
    fine('a folder made by WORKDIR', 'WORKDIR /data', 'RUN chown -R app:app .', 'COPY . /app'),
    fine('the copy comes later', 'RUN mkdir /app && chown -R app:app /app', 'COPY . /app'),
    fine('only the folder itself', 'COPY . /app', 'RUN chown app:app /app'),
    fine('what another step made', 'RUN npm install --prefix /app', 'RUN chown -R node:node /app'),
    fine('a part that the copy may not hold', 'COPY . /app', 'RUN mkdir -p /app/storage && chown -R www-data /app/storage'),
    fine('a few small files in a folder full of dependencies', 'WORKDIR /app', 'COPY package.json package-lock.json ./', 'RUN npm ci', 'RUN chown -R node:node /app'),
    fine('a script', 'COPY entrypoint.sh /usr/local/bin/', 'RUN chown app:app /usr/local/bin/entrypoint.sh'),
    fine('a here-document', 'COPY <<EOF /app/app.conf', 'a=b', 'EOF', 'RUN chown app /app/app.conf'),
    fine('a folder of settings', 'COPY conf/ /etc/app/', 'RUN chown -R app:app /etc/app'),
    fine('an owner that only the shell knows', 'COPY . /app', 'RUN chown -R $(id -u) /app'),
    fine('an owner taken from a file', 'COPY . /app', 'RUN chown -R --reference=/etc/passwd /app'),
    fine('a chown that may not run', 'COPY . /app', 'RUN if [ -n "$X" ]; then chown -R app:app /app; fi'),
    fine('a script nobody can read', 'COPY . /app', 'RUN chown -R app:app /app && if'),
    fine('files that find names', 'COPY . /app', 'RUN find /app -type d | xargs chown app'),
    fine('a mount', 'RUN --mount=type=bind,target=/src --mount=type=cache,target=/cache chown -R app:app /cache', 'COPY . /app'),
    fine('an unknown destination', 'ARG DIR', 'COPY . $DIR', 'RUN chown -R app:app /app'),
    fine('squashed', '# built with --squash', 'COPY . /app', 'RUN chown -R app:app /app'),
    fine('ONBUILD', 'ONBUILD RUN chown -R app:app /app', 'COPY . /app'),
    { name: 'a builder stage', code: dockerfile`
      FROM node:22 AS build
      COPY . /app
      RUN chown -R node:node /app
      FROM scratch
      COPY --from=build /app/dist /app` },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nCOPY . /app\nRUN chown -R app:app /app\n' },
    { name: 'an image for developers', path: 'docker/dev/Dockerfile', code: 'FROM node:22\nCOPY . /app\nRUN chown -R node:node /app\n' },
    { name: 'modes of each file, which store them again all the same', code: 'FROM debian\nRUN useradd app\nCOPY a b /app/\nRUN chown -R app:app /app && chmod 700 /app/a && chmod 700 /app/b\nCMD ["/app/a"]\n', files: { a: { size: 9e5 }, b: { size: 8e5 } } },
    { name: 'a mode relative to the old one for all', code: 'FROM debian\nRUN useradd app\nCOPY . /app\nRUN chown -R app:app /app && chmod -R g+w /app\nCMD ["/app/a"]\n', files: { a: { size: 9e5 } } },
    { name: 'a small folder of the context, by way of a stage', code: 'FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci\nFROM node:22\nCOPY --from=build /app/schema /srv/schema\nRUN chown -R node:node /srv/schema\nCMD ["node", "a.js"]\n', files: { 'schema/a.sql': { size: 9000 }, 'video.mp4': { size: 9e6 } } },
    { name: 'a single file of unknown size', code: 'FROM debian\nRUN useradd app\nCOPY solution /app/\nRUN chown -R app /app\nCMD ["/app/solution"]\n' },
    { name: 'the context says that it is little', code: 'FROM node:22\nCOPY . /app\nRUN chown -R node:node /app\n', files: { 'server.js': { size: 9000 } } },
    { name: 'the context says that the copy brings nothing there', code: 'FROM node:22\nCOPY . /app\nRUN mkdir /app/data && chown -R node:node /app/data\n', files: { 'video.mp4': { size: 9e6 } } },
  ],
  invalid: [
    { name: 'the mode with it', code: 'FROM debian\nRUN useradd app\nCOPY --from=x /app /app\nRUN chown -R app:app /app && chmod -R 755 /app\nCMD ["/app/a"]\n', findings: [{ at: 'chown -R app:app /app', message: /"COPY --chown=app:app --chmod=755" sets their owner and mode without a copy\.$/ }], fixed: 'FROM debian\nRUN useradd app\nCOPY --chown=app:app --chmod=755 --from=x /app /app\nCMD ["/app/a"]\n' },
    { name: 'the mode of the only file', code: 'FROM debian\nRUN useradd app\nCOPY tool /home/app\nRUN chown -R app:app /home/app && chmod 700 /home/app && chmod 700 /home/app/tool\nCMD ["/home/app/tool"]\n', files: { tool: { size: 2e6 } }, findings: [{ at: 'chown -R app:app /home/app', message: /"COPY --chown=app:app --chmod=700" sets their owner and mode/ }], fixed: null },
    { name: 'the mode of the copy, not of what else changes owner', code: 'FROM debian\nRUN useradd app\nCOPY --from=x /app /app\nRUN mkdir /log && chown -R app:app /app /log && chmod -R 755 /app\nCMD ["/app/a"]\n', findings: [{ at: 'chown -R app:app /app /log', message: /"COPY --chown=app:app --chmod=755" sets their owner and mode/ }], fixed: null },
    { name: 'another mode for some of them', code: 'FROM debian\nRUN useradd app\nCOPY --from=x /app /app\nRUN chown -R app:app /app && chmod 755 /app/a\nCMD ["/app/a"]\n', findings: [{ at: 'chown -R app:app /app', message: /"COPY --chown=app:app" sets their owner without a copy\.$/ }], fixed: 'FROM debian\nRUN useradd app\nCOPY --chown=app:app --from=x /app /app\nRUN chown app:app /app && chmod 755 /app/a\nCMD ["/app/a"]\n' },
    {
      code: dockerfile`
        FROM node:22
        WORKDIR /app
        COPY . .
        RUN chown -R node:node /app
        USER node`,
      findings: [{
        at: 'chown -R node:node /app',
        message: '"chown -R node:node /app" stores the files of "COPY . ." (line 3) a second time; "COPY --chown=node:node" sets their owner without a copy.',
        related: [{ at: 'COPY . .', message: 'the files are stored here first' }],
      }],
      fixed: 'FROM node:22\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN chown node:node /app\nUSER node\n',
    },
    {
      name: 'the owner is created after the copy',
      code: dockerfile`
        FROM debian
        COPY . /app
        RUN groupadd -r app && useradd -r -g app app
        RUN chown -R app:app /app
        CMD ["/app/run"]`,
      findings: [{ at: 'chown -R app:app /app', message: /"COPY --chown=app:app" sets their owner without a copy once "useradd -r -g app app" stands above it\.$/ }],
      fixed: null,
    },
    { name: 'numbers need no user', code: 'FROM debian\nCOPY . /app\nRUN useradd -u 1000 app && chown -R 1000:1000 /app\nCMD ["/app/run"]\n', findings: [{ at: 'chown -R 1000:1000 /app', message: /"COPY --chown=1000:1000" sets their owner without a copy\.$/ }], fixed: 'FROM debian\nCOPY --chown=1000:1000 . /app\nRUN useradd -u 1000 app && chown -R 1000:1000 /app\nCMD ["/app/run"]\n' },
    {
      name: 'variables of the Dockerfile as written',
      code: 'FROM debian\nARG UID=1000\nCOPY . /app\nRUN chown -R ${UID}:0 /app\nCMD ["/app/run"]\n',
      findings: [{ at: 'chown -R ${UID}:0 /app', message: /COPY --chown=\$\{UID\}:0"/ }],
      fixed: 'FROM debian\nARG UID=1000\nCOPY --chown=${UID}:0 . /app\nCMD ["/app/run"]\n',
    },
    { name: 'old spellings', code: 'FROM debian\nCOPY . /app\nRUN chown app.app -R /app\nCMD ["/app/run"]\n', findings: [{ at: 'chown app.app -R /app', message: /COPY --chown=app:app"/ }], fixed: 'FROM debian\nCOPY --chown=app:app . /app\nCMD ["/app/run"]\n' },
    { name: 'the group of a user', code: 'FROM debian\nCOPY . /app\nRUN chown -R app: /app\nCMD ["/app/run"]\n', findings: [{ at: 'chown -R app: /app', message: /COPY --chown=app"/ }], fixed: 'FROM debian\nCOPY --chown=app . /app\nCMD ["/app/run"]\n' },
    { name: 'chgrp', code: 'FROM debian\nCOPY . /app\nRUN chgrp -R www-data /app\nCMD ["/app/run"]\n', findings: [{ at: 'chgrp -R www-data /app', message: /COPY --chown=root:www-data"/ }], fixed: 'FROM debian\nCOPY --chown=root:www-data . /app\nCMD ["/app/run"]\n' },
    { name: 'another owner than the one the copy names', code: 'FROM debian\nCOPY --chown=1:1 . /app\nRUN chown -R app:app /app\nCMD ["/app/run"]\n', findings: [{ at: 'chown -R app:app /app', message: /second time/ }], fixed: 'FROM debian\nCOPY --chown=app:app . /app\nCMD ["/app/run"]\n' },
    { name: 'everything in the folder', code: 'FROM debian\nWORKDIR /app\nCOPY . .\nRUN chown -R app:app ./*\nCMD ["/app/run"]\n', findings: [{ at: 'chown -R app:app ./*', message: /second time/ }], fixed: null },
    { name: 'a folder above', code: 'FROM debian\nADD https://example.com/app.tgz /home/app/\nRUN sudo chown -R app:app /home\nCMD ["/app/run"]\n', findings: [{ at: 'sudo chown -R app:app /home', message: /"ADD --chown=app:app"/ }], fixed: 'FROM debian\nADD --chown=app:app https://example.com/app.tgz /home/app/\nRUN sudo chown app:app /home\nCMD ["/app/run"]\n' },
    { name: 'one big file by its name', code: 'FROM jre\nCOPY target/app.jar /app/\nRUN chown app:app /app/app.jar\nCMD ["java"]\n', findings: [{ at: 'chown app:app /app/app.jar', message: /second time/ }], fixed: 'FROM jre\nCOPY --chown=app:app target/app.jar /app/\nRUN chown app:app /app/app.jar\nCMD ["java"]\n' },
    {
      name: 'RUN output in the folder: the copy is stored twice all the same',
      code: dockerfile`
        FROM node:22
        WORKDIR /app
        COPY package.json ./
        RUN npm install
        COPY . .
        RUN chown -R node:node .
        CMD ["node", "."]`,
      findings: [{ at: 'chown -R node:node .', message: /the files of "COPY \. \." \(line 5\)/, related: [{ at: 'COPY . .' }] }],
      fixed: null,
    },
    {
      name: 'several copies, also of a stage below, and the size',
      code: dockerfile`
        FROM debian AS base
        COPY lib /app/lib
        FROM base
        COPY src /app/src
        RUN chown -R app:app /app && chgrp -R app /app
        CMD ["/app/run"]`,
      files: { 'lib/a': { size: 1_500_000 }, 'src/a': { size: 2_500_000 } },
      findings: [{ at: 'chown -R app:app /app', message: /"COPY lib \/app\/lib" \(line 2\) and "COPY src \/app\/src" \(line 4\) a second time \(about 4 MB\)/, related: [{ at: 'COPY lib /app/lib' }, { at: 'COPY src /app/src' }] }],
      fixed: 'FROM debian AS base\nCOPY --chown=app:app lib /app/lib\nFROM base\nCOPY --chown=app:app src /app/src\nRUN chown app:app /app && chgrp -R app /app\nCMD ["/app/run"]\n',
    },
    {
      name: 'the context says which part of a copy it is',
      code: 'FROM node:22\nCOPY . /app\nRUN chown -R node:node /app/data\nCMD ["node"]\n',
      files: { 'data/a.bin': { size: 700_000 }, 'src/a.js': { size: 9_000_000 } },
      findings: [{ at: 'chown -R node:node /app/data', message: /about 700 kB/ }],
      fixed: null,
    },
    { name: 'an option for smaller files', code: 'FROM node:22\nCOPY a.js /app/\nRUN chown -R node:node /app\nCMD ["node"]\n', files: { 'a.js': { size: 9000 } }, options: { minKilobytes: 1 }, findings: [{ at: 'chown -R node:node /app', message: /about 9 kB/ }], fixed: 'FROM node:22\nCOPY --chown=node:node a.js /app/\nCMD ["node"]\n' },
    { name: 'the exec form', code: 'FROM node:22\nCOPY . /app\nRUN ["chown", "-R", "node:node", "/app"]\nCMD ["node"]\n', findings: [{ at: '"chown", "-R", "node:node", "/app"', message: /--chown=node:node/ }], fixed: 'FROM node:22\nCOPY --chown=node:node . /app\nCMD ["node"]\n' },
    { name: 'an owner in the flags, CRLF, lower case, a comment about the change', code: 'from debian\r\nrun useradd app\r\ncopy --link --chown=root:root src /app\r\n# Give it to the user.\r\nrun chown -R app:app /app\r\n\r\ncmd ["a"]\r\n', findings: [{ at: /^chown/, message: /./ }], fixed: null },
    { name: 'the comment about it goes as well', code: 'FROM debian\nRUN useradd app\nCOPY --chown=root:root src /app\n\n# The owner.\nRUN chown -R app:app /app\n\nCMD ["a"]\n', findings: [{ at: /^chown/, message: /./ }], fixed: 'FROM debian\nRUN useradd app\nCOPY --chown=app:app src /app\n\nCMD ["a"]\n' },
    { name: 'other folders as well: it stays', code: 'FROM debian\nRUN useradd app\nCOPY src /app\nRUN mkdir -p /data && chown -R app:app /app /data\nCMD ["a"]\n', findings: [{ at: /^chown/, message: /./ }], fixed: 'FROM debian\nRUN useradd app\nCOPY --chown=app:app src /app\nRUN mkdir -p /data && chown -R app:app /app /data\nCMD ["a"]\n' },
    { name: 'a RUN filled the folder: it stays', code: 'FROM node:22\nWORKDIR /app\nRUN touch a && make\nCOPY . .\nRUN chown -R node:node /app\nUSER node\n', findings: [{ at: /^chown/, message: /./ }], fixed: 'FROM node:22\nWORKDIR /app\nRUN touch a && make\nCOPY --chown=node:node . .\nRUN chown -R node:node /app\nUSER node\n' },
    { name: 'a variable that is set only below the copy', code: 'FROM debian\nCOPY . /app\nARG UID=1000\nRUN chown -R ${UID}:0 /app\nCMD ["a"]\n', findings: [{ at: /^chown/, message: /./ }], fixed: null },
    { name: 'packages put files into the folder as well', code: 'FROM debian\nRUN apt-get install -y apache2\nCOPY . /var/www/html\nRUN chown -R www-data:www-data /var/www/html\n', findings: [{ at: /^chown/, message: /./ }], fixed: 'FROM debian\nRUN apt-get install -y apache2\nCOPY --chown=www-data:www-data . /var/www/html\nRUN chown -R www-data:www-data /var/www/html\n' },
    { name: 'so does the system', code: 'FROM debian\nCOPY . /etc/app\nRUN chown -R www-data:www-data /etc\n', findings: [{ at: /^chown/, message: /./ }], fixed: 'FROM debian\nCOPY --chown=www-data:www-data . /etc/app\nRUN chown -R www-data:www-data /etc\n' },
    { name: 'packages of Alpine do not', code: 'FROM alpine\nRUN apk add apache2\nCOPY . /var/www/html\nRUN chown -R 100:100 /var/www/html\n', findings: [{ at: /^chown/, message: /./ }], fixed: 'FROM alpine\nRUN apk add apache2\nCOPY --chown=100:100 . /var/www/html\n' },
    { name: 'in several lines', code: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN chown --recursive node:node \\\n        /app \\\n    && ls\nUSER node\n', findings: [{ at: /^chown/, message: /./ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY --chown=node:node . .\nRUN chown node:node \\\n        /app \\\n    && ls\nUSER node\n' },
  ],
})

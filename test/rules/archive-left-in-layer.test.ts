import rule from '../../rules/archive-left-in-layer.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const fine = (name: string, ...lines: readonly string[]): { readonly name: string; readonly code: string } => ({ name, code: `FROM debian\n${lines.join('\n')}\nCMD ["/opt/a/run"]\n` })
const left = (name: string, line: string, at: string, removal: string): { readonly name: string; readonly code: string; readonly fixed: string; readonly findings: { readonly at: string; readonly message: RegExp }[] } =>
  ({ name, code: `FROM debian\n${line}\nCMD ["/opt/a/run"]\n`, fixed: `FROM debian\n${line} && ${removal}\nCMD ["/opt/a/run"]\n`, findings: [{ at, message: /^"(?:sudo )?(?:curl|wget|ADD).*" leaves ".*" in the image beside the content that "(?:sudo )?(?:tar|unzip|7z|bsdtar|zcat).*" \(line 2\) takes out of it; / }] })

ruleTester(rule, {
  valid: [
    fine('removed', 'RUN wget https://example.com/a.tgz && tar -xf a.tgz && rm a.tgz'),
    fine('with its folder', 'RUN cd /tmp && wget https://example.com/a.tgz && tar -xf a.tgz -C /opt && rm -rf /tmp/*'),
    fine('by a pattern', 'RUN wget https://example.com/a.zip && unzip a.zip && rm -f *.zip'),
    fine('by find', 'RUN cd /src && wget https://example.com/a.zip && unzip a.zip -d /opt && find /src -delete'),
    fine('under a condition', 'RUN wget https://example.com/a.zip && unzip a.zip; if [ -f a.zip ]; then rm a.zip; fi'),
    fine('by a name nobody knows', 'ARG F', 'RUN wget https://example.com/a.zip && unzip a.zip && rm $F'),
    fine('by a script', 'RUN wget https://example.com/a.zip && unzip a.zip && ./cleanup.sh'),
    fine('through a pipe', 'RUN curl -fsSL https://example.com/a.tgz | tar -xz -C /opt'),
    fine('moved', 'RUN wget https://example.com/a.zip && unzip a.zip && mv a.zip /srv/'),
    fine('the archive is wanted, too', 'RUN wget https://example.com/a.zip && unzip a.zip && sha256sum a.zip', 'RUN cp a.zip /srv/downloads/'),
    fine('what it is used for is unknown', 'RUN wget https://example.com/a.zip && unzip a.zip', 'RUN tool --input a.zip'),
    { name: 'the image serves it', code: 'FROM debian\nRUN cd /srv && wget https://example.com/a.zip && unzip a.zip\nCMD ["serve", "/srv/a.zip"]\n' },
    fine('the archive is what is wanted', 'RUN wget -P /srv https://example.com/a.zip'),
    fine('removed in a later RUN: that is what cleanup-in-later-layer says', 'RUN wget https://example.com/a.zip', 'RUN unzip a.zip && rm a.zip'),
    fine('a copied one: that is what copy-archive-then-extract says', 'COPY a.zip /tmp/', 'RUN unzip /tmp/a.zip'),
    fine('ADD that unpacks', 'ADD --unpack=true https://example.com/a.tgz /opt/', 'RUN tar -tf /opt/a.tgz'),
    fine('into a mount', 'RUN --mount=type=cache,target=/tmp wget -P /tmp https://example.com/a.tgz && tar -xf /tmp/a.tgz -C /opt'),
    fine('listed only', 'RUN wget https://example.com/a.zip && unzip -l a.zip'),
    fine('another archive', 'RUN wget https://example.com/a.zip && unzip b.zip'),
    fine('unpacked under a condition', 'RUN wget https://example.com/a.zip && if [ -n "$X" ]; then unzip a.zip; fi'),
    fine('a script nobody can read', 'RUN wget https://example.com/a.zip && unzip a.zip && if'),
    fine('ONBUILD', 'ONBUILD RUN wget https://example.com/a.zip && unzip a.zip'),
    fine('squashed', '# The image is built with --squash.', 'RUN wget https://example.com/a.zip && unzip a.zip'),
    { name: 'a builder stage', code: dockerfile`
      FROM debian AS build
      RUN wget https://example.com/a.zip && unzip a.zip
      FROM debian
      COPY --from=build /a /a` },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN curl -o a.zip https://example.com/a.zip && tar -xf a.zip\n' },
    { name: 'a test image', path: 'Dockerfile.test', code: 'FROM debian\nRUN wget https://example.com/a.zip && unzip a.zip\n' },
  ],
  invalid: [
    {
      code: 'FROM debian\nRUN cd /opt && wget -q https://example.com/a.zip && unzip -q a.zip && ln -s /opt/a /a\nCMD ["/a/run"]\n',
      findings: [{
        at: 'wget -q https://example.com/a.zip',
        message: '"wget -q https://example.com/a.zip" leaves "a.zip" in the image beside the content that "unzip -q a.zip" (line 2) takes out of it; append "&& rm a.zip" to the same RUN.',
        related: [{ at: 'unzip -q a.zip', message: 'it is unpacked here' }],
      }],
      fixed: 'FROM debian\nRUN cd /opt && wget -q https://example.com/a.zip && unzip -q a.zip && ln -s /opt/a /a && rm a.zip\nCMD ["/a/run"]\n',
    },
    {
      name: 'after a change of folder the path is given in full', code: 'FROM debian\nRUN cd /tmp && wget https://example.com/a.tgz && tar xf a.tgz && cd a && make install\nCMD ["a"]\n', findings: [{ at: /^wget/, message: /append "&& rm \/tmp\/a\.tgz" to the same RUN\.$/ }],
      fixed: 'FROM debian\nRUN cd /tmp && wget https://example.com/a.tgz && tar xf a.tgz && cd a && make install && rm /tmp/a.tgz\nCMD ["a"]\n',
    },
    {
      name: 'the last command changes the folder', code: 'FROM debian\nRUN cd /tmp && wget https://example.com/a.tgz && tar xf a.tgz && cd /\nCMD ["a"]\n', findings: [{ at: /^wget/, message: /leaves/ }],
      fixed: 'FROM debian\nRUN cd /tmp && wget https://example.com/a.tgz && tar xf a.tgz && cd / && rm /tmp/a.tgz\nCMD ["a"]\n',
    },
    {
      name: 'a removal before does not count', code: 'FROM debian\nRUN rm -f /a.zip && wget https://example.com/a.zip && unzip a.zip\nCMD ["a"]\n', findings: [{ at: /^wget/, message: /leaves "a\.zip"/ }],
      fixed: 'FROM debian\nRUN rm -f /a.zip && wget https://example.com/a.zip && unzip a.zip && rm a.zip\nCMD ["a"]\n',
    },
    left('curl -o', 'RUN curl -fsSL -o /tmp/a.tar.xz https://example.com/a && tar -xJf /tmp/a.tar.xz -C /opt', 'curl -fsSL -o /tmp/a.tar.xz https://example.com/a', 'rm /tmp/a.tar.xz'),
    left('a redirection, and the old spelling of tar', 'RUN curl https://example.com/a.tgz > /tmp/a.tgz && tar xzf /tmp/a.tgz', 'curl https://example.com/a.tgz > /tmp/a.tgz', 'rm /tmp/a.tgz'),
    {
      name: 'an argument with a value', code: 'FROM debian\nARG V=1.2\nRUN wget https://example.com/a-$V.tgz && tar xf a-$V.tgz\nCMD ["a"]\n', findings: [{ at: /^wget/, message: /"a-1\.2\.tgz"/ }],
      fixed: 'FROM debian\nARG V=1.2\nRUN wget https://example.com/a-$V.tgz && tar xf a-$V.tgz && rm a-$V.tgz\nCMD ["a"]\n',
    },
    {
      name: 'the same in quotes, by its whole path, in another folder', code: 'FROM debian\nARG V=1.2\nRUN wget -O "/tmp/a-$V.tgz" https://example.com/a && tar xf "/tmp/a-$V.tgz" -C /opt && cd /opt\nCMD ["a"]\n', findings: [{ at: /^wget/, message: /leaves/ }],
      fixed: 'FROM debian\nARG V=1.2\nRUN wget -O "/tmp/a-$V.tgz" https://example.com/a && tar xf "/tmp/a-$V.tgz" -C /opt && cd /opt && rm "/tmp/a-$V.tgz"\nCMD ["a"]\n',
    },
    { name: 'a relative name with a variable, in another folder', code: 'FROM debian\nARG V=1.2\nRUN wget https://example.com/a-$V.tgz && tar xf a-$V.tgz && cd a && make\nCMD ["a"]\n', findings: [{ at: /^wget/, message: /leaves/ }], fixed: null },
    left('7z', 'RUN wget https://example.com/a.7z && 7z x a.7z', 'wget https://example.com/a.7z', 'rm a.7z'),
    left('through a decompressor', 'RUN wget https://example.com/a.tar.gz && zcat a.tar.gz | tar x -C /opt', 'wget https://example.com/a.tar.gz', 'rm a.tar.gz'),
    left('sudo', 'RUN sudo wget -O /a.zip https://example.com/a && sudo unzip /a.zip', 'sudo wget -O /a.zip https://example.com/a', 'sudo rm /a.zip'),
    {
      name: 'several lines, CRLF', code: 'FROM debian\r\nRUN wget https://example.com/a.zip && \\\r\n    unzip a.zip\r\nCMD ["a"]\r\n', findings: [{ at: /^wget/, message: /leaves/ }],
      fixed: 'FROM debian\r\nRUN wget https://example.com/a.zip && \\\r\n    unzip a.zip && \\\r\n    rm a.zip\r\nCMD ["a"]\r\n',
    },
    { name: 'a here-document without set -e', code: 'FROM debian\nRUN <<EOF\nwget https://example.com/a.zip\nunzip a.zip\nEOF\nCMD ["a"]\n', findings: [{ at: /^wget/, message: /leaves/ }], fixed: null },
    {
      name: 'unpacked in another RUN',
      code: 'FROM debian\nRUN wget https://example.com/a.zip\nRUN unzip a.zip\nCMD ["a"]\n',
      findings: [{ at: 'wget https://example.com/a.zip', message: /\(line 3\) takes out of it; download, unpack and remove it in one RUN\.$/ }],
      fixed: null,
    },
    {
      name: 'ADD from an address',
      code: 'FROM debian\nADD https://example.com/a.tgz /tmp/\nRUN tar -xf /tmp/a.tgz -C /opt\nCMD ["a"]\n',
      findings: [{ at: 'ADD https://example.com/a.tgz /tmp/', message: /; let "ADD --unpack=true" do it, into "\/opt" \(Dockerfile 1\.17\), or download, unpack and remove it in one RUN\.$/ }],
      fixed: null,
    },
    { name: 'what was unpacked goes again in the same RUN', code: 'FROM debian\nADD https://example.com/a.tgz /a.tgz\nRUN tar -xf /a.tgz -C /usr/src && make -C /usr/src install && rm -rf /usr/src/*\nCMD ["a"]\n', findings: [{ at: /^ADD/, message: /; download, unpack and remove it in one RUN\.$/ }], fixed: null },
    { name: 'without the folder it is packed in', code: 'FROM debian\nADD https://example.com/a.tgz /a.tgz\nRUN tar -xf /a.tgz -C /opt --strip-components=1\nCMD ["a"]\n', findings: [{ at: /^ADD/, message: /; download, unpack and remove it in one RUN\.$/ }], fixed: null },
    { name: 'a zip, which ADD does not unpack', code: 'FROM debian\nADD https://example.com/a.zip /tmp/\nRUN unzip /tmp/a.zip\nCMD ["a"]\n', findings: [{ at: /^ADD/, message: /; download, unpack and remove it in one RUN\.$/ }], fixed: null },
    {
      name: 'in a stage the shipped one is built FROM', code: 'FROM debian AS base\nRUN wget https://example.com/a.zip && unzip a.zip\nFROM base\nCMD ["a"]\n', findings: [{ at: /^wget/, message: /leaves/ }],
      fixed: 'FROM debian AS base\nRUN wget https://example.com/a.zip && unzip a.zip && rm a.zip\nFROM base\nCMD ["a"]\n',
    },
  ],
})

import { expect, test } from 'vitest'
import { dockerfile } from './dockerfile.ts'

test('removes the common indentation when the text begins on the line after the backtick', () => {
  expect(dockerfile`
    FROM a
    RUN b && \
        c

    RUN d
  `).toBe('FROM a\nRUN b && \\\n    c\n\nRUN d\n')
})

test('removes it too when the text begins right after the backtick', () => {
  expect(dockerfile`FROM a
                    RUN b \
                      c`).toBe('FROM a\nRUN b \\\n  c\n')
})

test('keeps tabs, escapes and backslashes as typed', () => {
  expect(dockerfile`
    RUN <<-EOF
    	printf '\n\t'
    EOF`).toBe("RUN <<-EOF\n\tprintf '\\n\\t'\nEOF\n")
})

test('unescapes what a template literal cannot hold otherwise', () => {
  expect(dockerfile`RUN echo \${A} \$B \`c\``).toBe('RUN echo ${A} \\$B `c`\n')
})

test('puts values in as they are', () => {
  expect(dockerfile`
    RUN ${'a\nb'}
    RUN ${'$&'} ${'\\'}`).toBe('RUN a\nb\nRUN $& \\\n')
})

test('gives one line end for an empty text', () => expect(dockerfile``).toBe('\n'))

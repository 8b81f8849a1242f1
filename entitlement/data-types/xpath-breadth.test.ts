import { describe, expect, test } from 'vitest'
import { compileXPath } from 'viaduct'
import { xpathBreadth } from './xpath-breadth.ts'

describe('the breadth of a path', () => {
  test.each([
    ['1 + 2', 0],
    ['/a/b/c', 1],
    ['@a', 1],
    ['//a', 1],
    ['//a/b', 1],
    ['//a//b', 2],
    ['//a//b//c', 2],
    ['//a/ancestor::b', 2],
    ['//a[1]', 1],
    ['//a[b]', 2],
    ['//a[//b]', 2],
    ['//a[//b[//c]]', 3],
    ['//a[b = //c]', 2],
    ['count(//a)', 1],
    ['count(//a[//b]) + count(//c)', 2],
    ['(//a)[//b]', 2],
    ['-(//a)', 1],
    ['//a | //b//c', 2],
    ['id("x")/a', 1],
  ])('%s is %i', (text, breadth) => {
    expect(xpathBreadth(compileXPath(text, { namespaces: () => undefined }).syntax)).toBe(breadth)
  })
})

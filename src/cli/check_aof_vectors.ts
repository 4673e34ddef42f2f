/** What redis-check-aof 7.0.15 did with check_aof_cases.ts. Made by its test with COMPAT_RECORD=1. */

export const VECTORS: Readonly<
  Record<string, readonly [output: string, code: number, files: Record<string, number>]>
> = {
  "a whole file": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=41, ok_up_to=41, ok_up_to_line=11, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 41,
    },
  ],
  "a whole file, to be fixed": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=41, ok_up_to=41, ok_up_to_line=11, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 41,
    },
  ],
  "an empty file": [
    "Start checking Old-Style AOF\nAOF a is empty\n",
    0,
    {
      "a": 0,
    },
  ],
  "an empty file, to be fixed": [
    "Start checking Old-Style AOF\nAOF a is empty\n",
    0,
    {
      "a": 0,
    },
  ],
  "a file cut in a string": [
    "Start checking Old-Style AOF\n0x              26: Expected to read 3 bytes, got 1 bytes\nAOF analyzed: filename=a, size=39, ok_up_to=14, ok_up_to_line=10, diff=25\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 39,
    },
  ],
  "a file cut in a string, to be fixed": [
    "Start checking Old-Style AOF\n0x              26: Expected to read 3 bytes, got 1 bytes\nAOF analyzed: filename=a, size=39, ok_up_to=14, ok_up_to_line=10, diff=25\nThis will shrink the AOF a from 39 bytes, with 25 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "a file cut in a line break": [
    "Start checking Old-Style AOF\n0x              26: Expected to read 3 bytes, got 2 bytes\nAOF analyzed: filename=a, size=40, ok_up_to=14, ok_up_to_line=10, diff=26\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 40,
    },
  ],
  "a file cut in a line break, to be fixed": [
    "Start checking Old-Style AOF\n0x              26: Expected to read 3 bytes, got 2 bytes\nAOF analyzed: filename=a, size=40, ok_up_to=14, ok_up_to_line=10, diff=26\nThis will shrink the AOF a from 40 bytes, with 26 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "a file cut between arguments": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=34, ok_up_to=14, ok_up_to_line=9, diff=20\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 34,
    },
  ],
  "a file cut between arguments, to be fixed": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=34, ok_up_to=14, ok_up_to_line=9, diff=20\nThis will shrink the AOF a from 34 bytes, with 20 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "a file cut behind a length's digits": [
    "Start checking Old-Style AOF\n0x              12: Expected \\r\\n, got: 00..\nAOF analyzed: filename=a, size=20, ok_up_to=14, ok_up_to_line=5, diff=6\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 20,
    },
  ],
  "a file cut behind a length's digits, to be fixed": [
    "Start checking Old-Style AOF\n0x              12: Expected \\r\\n, got: 00..\nAOF analyzed: filename=a, size=20, ok_up_to=14, ok_up_to_line=5, diff=6\nThis will shrink the AOF a from 20 bytes, with 6 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "a file cut behind a star": [
    "Start checking Old-Style AOF\n0x               e: Expected \\r\\n, got: 00..\nAOF analyzed: filename=a, size=15, ok_up_to=14, ok_up_to_line=4, diff=1\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 15,
    },
  ],
  "a file cut behind a star, to be fixed": [
    "Start checking Old-Style AOF\n0x               e: Expected \\r\\n, got: 00..\nAOF analyzed: filename=a, size=15, ok_up_to=14, ok_up_to_line=4, diff=1\nThis will shrink the AOF a from 15 bytes, with 1 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "text between commands": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=33, ok_up_to=14, ok_up_to_line=4, diff=19\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 33,
    },
  ],
  "text between commands, to be fixed": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=33, ok_up_to=14, ok_up_to_line=4, diff=19\nThis will shrink the AOF a from 33 bytes, with 19 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "an empty line": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=16, ok_up_to=14, ok_up_to_line=4, diff=2\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 16,
    },
  ],
  "an empty line, to be fixed": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=16, ok_up_to=14, ok_up_to_line=4, diff=2\nThis will shrink the AOF a from 16 bytes, with 2 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "a string that is too short": [
    "Start checking Old-Style AOF\n0x              16: Expected to read 6 bytes, got 5 bytes\nAOF analyzed: filename=a, size=27, ok_up_to=14, ok_up_to_line=6, diff=13\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 27,
    },
  ],
  "a string that is too short, to be fixed": [
    "Start checking Old-Style AOF\n0x              16: Expected to read 6 bytes, got 5 bytes\nAOF analyzed: filename=a, size=27, ok_up_to=14, ok_up_to_line=6, diff=13\nThis will shrink the AOF a from 27 bytes, with 13 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "a string that is too long": [
    "Start checking Old-Style AOF\n0x              16: Expected \\r\\n, got: 7878\nAOF analyzed: filename=a, size=28, ok_up_to=14, ok_up_to_line=6, diff=14\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 28,
    },
  ],
  "a string that is too long, to be fixed": [
    "Start checking Old-Style AOF\n0x              16: Expected \\r\\n, got: 7878\nAOF analyzed: filename=a, size=28, ok_up_to=14, ok_up_to_line=6, diff=14\nThis will shrink the AOF a from 28 bytes, with 14 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "a count that is no number": [
    "Start checking Old-Style AOF\n0x               e: Expected \\r\\n, got: 780d\nAOF analyzed: filename=a, size=28, ok_up_to=14, ok_up_to_line=4, diff=14\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 28,
    },
  ],
  "a count that is no number, to be fixed": [
    "Start checking Old-Style AOF\n0x               e: Expected \\r\\n, got: 780d\nAOF analyzed: filename=a, size=28, ok_up_to=14, ok_up_to_line=4, diff=14\nThis will shrink the AOF a from 28 bytes, with 14 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "a negative count": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=29, ok_up_to=19, ok_up_to_line=5, diff=10\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 29,
    },
  ],
  "a negative count, to be fixed": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=29, ok_up_to=19, ok_up_to_line=5, diff=10\nThis will shrink the AOF a from 29 bytes, with 10 bytes, to 19 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 19,
    },
  ],
  "a negative length": [
    "Start checking Old-Style AOF\n0x              12: Expected to read string of -1 bytes, which is not in the suitable range\nAOF analyzed: filename=a, size=29, ok_up_to=14, ok_up_to_line=6, diff=15\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 29,
    },
  ],
  "a negative length, to be fixed": [
    "Start checking Old-Style AOF\n0x              12: Expected to read string of -1 bytes, which is not in the suitable range\nAOF analyzed: filename=a, size=29, ok_up_to=14, ok_up_to_line=6, diff=15\nThis will shrink the AOF a from 29 bytes, with 15 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "a count of zero": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=32, ok_up_to=32, ok_up_to_line=8, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 32,
    },
  ],
  "a count of zero, to be fixed": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=32, ok_up_to=32, ok_up_to_line=8, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 32,
    },
  ],
  "a count without digits": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=17, ok_up_to=17, ok_up_to_line=5, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 17,
    },
  ],
  "a count without digits, to be fixed": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=17, ok_up_to=17, ok_up_to_line=5, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 17,
    },
  ],
  "a count that is too large": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=36, ok_up_to=0, ok_up_to_line=4, diff=36\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 36,
    },
  ],
  "a count that is too large, to be fixed": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=36, ok_up_to=0, ok_up_to_line=4, diff=36\nThis will shrink the AOF a from 36 bytes, with 36 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "a length that is too large": [
    "Start checking Old-Style AOF\n0x               4: Expected to read string of 9223372036854775807 bytes, which is not in the suitable range\nAOF analyzed: filename=a, size=35, ok_up_to=0, ok_up_to_line=3, diff=35\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 35,
    },
  ],
  "a length that is too large, to be fixed": [
    "Start checking Old-Style AOF\n0x               4: Expected to read string of 9223372036854775807 bytes, which is not in the suitable range\nAOF analyzed: filename=a, size=35, ok_up_to=0, ok_up_to_line=3, diff=35\nThis will shrink the AOF a from 35 bytes, with 35 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "a length beyond the end": [
    "Start checking Old-Style AOF\n0x              11: Expected to read 3000000002 bytes, got 6 bytes\nAOF analyzed: filename=a, size=23, ok_up_to=0, ok_up_to_line=3, diff=23\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 23,
    },
  ],
  "a length beyond the end, to be fixed": [
    "Start checking Old-Style AOF\n0x              11: Expected to read 3000000002 bytes, got 6 bytes\nAOF analyzed: filename=a, size=23, ok_up_to=0, ok_up_to_line=3, diff=23\nThis will shrink the AOF a from 23 bytes, with 23 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "line breaks of one byte": [
    "Start checking Old-Style AOF\n0x               0: Expected \\r\\n, got: 0a00\nAOF analyzed: filename=a, size=12, ok_up_to=0, ok_up_to_line=1, diff=12\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 12,
    },
  ],
  "line breaks of one byte, to be fixed": [
    "Start checking Old-Style AOF\n0x               0: Expected \\r\\n, got: 0a00\nAOF analyzed: filename=a, size=12, ok_up_to=0, ok_up_to_line=1, diff=12\nThis will shrink the AOF a from 12 bytes, with 12 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "numbers with spaces and signs": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=18, ok_up_to=18, ok_up_to_line=4, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 18,
    },
  ],
  "numbers with spaces and signs, to be fixed": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=18, ok_up_to=18, ok_up_to_line=4, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 18,
    },
  ],
  "a number with a space behind it": [
    "Start checking Old-Style AOF\n0x               0: Expected \\r\\n, got: 200d\nAOF analyzed: filename=a, size=15, ok_up_to=0, ok_up_to_line=1, diff=15\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 15,
    },
  ],
  "a number with a space behind it, to be fixed": [
    "Start checking Old-Style AOF\n0x               0: Expected \\r\\n, got: 200d\nAOF analyzed: filename=a, size=15, ok_up_to=0, ok_up_to_line=1, diff=15\nThis will shrink the AOF a from 15 bytes, with 15 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "an argument without a dollar": [
    "Start checking Old-Style AOF\n0x               4: Expected prefix '$', got: 'P'\nAOF analyzed: filename=a, size=10, ok_up_to=0, ok_up_to_line=2, diff=10\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 10,
    },
  ],
  "an argument without a dollar, to be fixed": [
    "Start checking Old-Style AOF\n0x               4: Expected prefix '$', got: 'P'\nAOF analyzed: filename=a, size=10, ok_up_to=0, ok_up_to_line=2, diff=10\nThis will shrink the AOF a from 10 bytes, with 10 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "an argument that begins with a zero byte": [
    "Start checking Old-Style AOF\n0x               4: Expected prefix '$', got: '\nAOF analyzed: filename=a, size=5, ok_up_to=0, ok_up_to_line=2, diff=5\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 5,
    },
  ],
  "an argument that begins with a zero byte, to be fixed": [
    "Start checking Old-Style AOF\n0x               4: Expected prefix '$', got: '\nAOF analyzed: filename=a, size=5, ok_up_to=0, ok_up_to_line=2, diff=5\nThis will shrink the AOF a from 5 bytes, with 5 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "an argument that begins with a high byte": [
    "Start checking Old-Style AOF\n0x               4: Expected prefix '$', got: 'ÿ'\nAOF analyzed: filename=a, size=10, ok_up_to=0, ok_up_to_line=2, diff=10\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 10,
    },
  ],
  "an argument that begins with a high byte, to be fixed": [
    "Start checking Old-Style AOF\n0x               4: Expected prefix '$', got: 'ÿ'\nAOF analyzed: filename=a, size=10, ok_up_to=0, ok_up_to_line=2, diff=10\nThis will shrink the AOF a from 10 bytes, with 10 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "high bytes for a line break": [
    "Start checking Old-Style AOF\n0x               8: Expected \\r\\n, got: ffffffff01\nAOF analyzed: filename=a, size=12, ok_up_to=0, ok_up_to_line=3, diff=12\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 12,
    },
  ],
  "high bytes for a line break, to be fixed": [
    "Start checking Old-Style AOF\n0x               8: Expected \\r\\n, got: ffffffff01\nAOF analyzed: filename=a, size=12, ok_up_to=0, ok_up_to_line=3, diff=12\nThis will shrink the AOF a from 12 bytes, with 12 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "a line that is longer than is read": [
    "Start checking Old-Style AOF\n0x               e: Expected \\r\\n, got: 00..\nAOF analyzed: filename=a, size=153, ok_up_to=14, ok_up_to_line=4, diff=139\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 153,
    },
  ],
  "a line that is longer than is read, to be fixed": [
    "Start checking Old-Style AOF\n0x               e: Expected \\r\\n, got: 00..\nAOF analyzed: filename=a, size=153, ok_up_to=14, ok_up_to_line=4, diff=139\nThis will shrink the AOF a from 153 bytes, with 139 bytes, to 14 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 14,
    },
  ],
  "a transaction": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=70, ok_up_to=70, ok_up_to_line=17, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 70,
    },
  ],
  "a transaction, to be fixed": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=70, ok_up_to=70, ok_up_to_line=17, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 70,
    },
  ],
  "a transaction in lower case": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=56, ok_up_to=56, ok_up_to_line=14, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 56,
    },
  ],
  "a transaction in lower case, to be fixed": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=56, ok_up_to=56, ok_up_to_line=14, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 56,
    },
  ],
  "a transaction without its end": [
    "Start checking Old-Style AOF\n0x              42: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a, size=69, ok_up_to=27, ok_up_to_line=18, diff=42\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 69,
    },
  ],
  "a transaction without its end, to be fixed": [
    "Start checking Old-Style AOF\n0x              42: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a, size=69, ok_up_to=27, ok_up_to_line=18, diff=42\nThis will shrink the AOF a from 69 bytes, with 42 bytes, to 27 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 27,
    },
  ],
  "a transaction cut in a string": [
    "Start checking Old-Style AOF\n0x              32: Expected to read 6 bytes, got 2 bytes\nAOF analyzed: filename=a, size=52, ok_up_to=27, ok_up_to_line=13, diff=25\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 52,
    },
  ],
  "a transaction cut in a string, to be fixed": [
    "Start checking Old-Style AOF\n0x              32: Expected to read 6 bytes, got 2 bytes\nAOF analyzed: filename=a, size=52, ok_up_to=27, ok_up_to_line=13, diff=25\nThis will shrink the AOF a from 52 bytes, with 25 bytes, to 27 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 27,
    },
  ],
  "a transaction cut between arguments": [
    "Start checking Old-Style AOF\n0x              38: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a, size=56, ok_up_to=27, ok_up_to_line=14, diff=29\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 56,
    },
  ],
  "a transaction cut between arguments, to be fixed": [
    "Start checking Old-Style AOF\n0x              38: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a, size=56, ok_up_to=27, ok_up_to_line=14, diff=29\nThis will shrink the AOF a from 56 bytes, with 29 bytes, to 27 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 27,
    },
  ],
  "a transaction that ends in text": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=45, ok_up_to=27, ok_up_to_line=11, diff=18\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 45,
    },
  ],
  "a transaction that ends in text, to be fixed": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=45, ok_up_to=27, ok_up_to_line=11, diff=18\nThis will shrink the AOF a from 45 bytes, with 18 bytes, to 27 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 27,
    },
  ],
  "a transaction in a transaction": [
    "Start checking Old-Style AOF\n0x              17: Unexpected MULTI in AOF a\nAOF analyzed: filename=a, size=44, ok_up_to=0, ok_up_to_line=7, diff=44\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 44,
    },
  ],
  "a transaction in a transaction, to be fixed": [
    "Start checking Old-Style AOF\n0x              17: Unexpected MULTI in AOF a\nAOF analyzed: filename=a, size=44, ok_up_to=0, ok_up_to_line=7, diff=44\nThis will shrink the AOF a from 44 bytes, with 44 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "an EXEC alone": [
    "Start checking Old-Style AOF\n0x              23: Unexpected EXEC in AOF a\nAOF analyzed: filename=a, size=41, ok_up_to=27, ok_up_to_line=11, diff=14\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 41,
    },
  ],
  "an EXEC alone, to be fixed": [
    "Start checking Old-Style AOF\n0x              23: Unexpected EXEC in AOF a\nAOF analyzed: filename=a, size=41, ok_up_to=27, ok_up_to_line=11, diff=14\nThis will shrink the AOF a from 41 bytes, with 14 bytes, to 27 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 27,
    },
  ],
  "a MULTI with a zero byte in it": [
    "Start checking Old-Style AOF\n0x              29: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a, size=44, ok_up_to=0, ok_up_to_line=11, diff=44\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 44,
    },
  ],
  "a MULTI with a zero byte in it, to be fixed": [
    "Start checking Old-Style AOF\n0x              29: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a, size=44, ok_up_to=0, ok_up_to_line=11, diff=44\nThis will shrink the AOF a from 44 bytes, with 44 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "annotations": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=76, ok_up_to=76, ok_up_to_line=15, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 76,
    },
  ],
  "annotations, to be fixed": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=76, ok_up_to=76, ok_up_to_line=15, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 76,
    },
  ],
  "an annotation in a transaction": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=63, ok_up_to=63, ok_up_to_line=14, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 63,
    },
  ],
  "an annotation in a transaction, to be fixed": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=63, ok_up_to=63, ok_up_to_line=14, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 63,
    },
  ],
  "a transaction that ends in an annotation": [
    "Start checking Old-Style AOF\n0x               f: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a, size=20, ok_up_to=0, ok_up_to_line=4, diff=20\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 20,
    },
  ],
  "a transaction that ends in an annotation, to be fixed": [
    "Start checking Old-Style AOF\n0x               f: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a, size=20, ok_up_to=0, ok_up_to_line=4, diff=20\nThis will shrink the AOF a from 20 bytes, with 20 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "an annotation of 1023 bytes": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=1037, ok_up_to=1037, ok_up_to_line=4, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 1037,
    },
  ],
  "an annotation of 1023 bytes, to be fixed": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=1037, ok_up_to=1037, ok_up_to_line=4, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 1037,
    },
  ],
  "an annotation of 1024 bytes": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=1038, ok_up_to=1023, ok_up_to_line=1, diff=15\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 1038,
    },
  ],
  "an annotation of 1024 bytes, to be fixed": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=1038, ok_up_to=1023, ok_up_to_line=1, diff=15\nThis will shrink the AOF a from 1038 bytes, with 15 bytes, to 1023 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 1023,
    },
  ],
  "an RDB that is too short to be one": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=7, ok_up_to=0, ok_up_to_line=1, diff=7\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 7,
    },
  ],
  "an RDB that is too short to be one, to be fixed": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=7, ok_up_to=0, ok_up_to_line=1, diff=7\nThis will shrink the AOF a from 7 bytes, with 7 bytes, to 0 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 0,
    },
  ],
  "an RDB of a few bytes": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n--- RDB ERROR DETECTED ---\n[offset 0] Unexpected EOF reading RDB file\n[additional info] While doing: start\n[additional info] Reading type 0 (string)\n[info] 0 keys read\n[info] 0 expires\n[info] 0 already expired\nRDB preamble of AOF file is not sane, aborting.\n",
    1,
    {
      "a": 8,
    },
  ],
  "an RDB of a few bytes, to be fixed": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n--- RDB ERROR DETECTED ---\n[offset 0] Unexpected EOF reading RDB file\n[additional info] While doing: start\n[additional info] Reading type 0 (string)\n[info] 0 keys read\n[info] 0 expires\n[info] 0 already expired\nRDB preamble of AOF file is not sane, aborting.\n",
    1,
    {
      "a": 8,
    },
  ],
  "an RDB alone": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\nAOF analyzed: filename=a, size=132, ok_up_to=132, ok_up_to_line=1, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 132,
    },
  ],
  "an RDB alone, to be fixed": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\nAOF analyzed: filename=a, size=132, ok_up_to=132, ok_up_to_line=1, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 132,
    },
  ],
  "an RDB and commands": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\nAOF analyzed: filename=a, size=159, ok_up_to=159, ok_up_to_line=8, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 159,
    },
  ],
  "an RDB and commands, to be fixed": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\nAOF analyzed: filename=a, size=159, ok_up_to=159, ok_up_to_line=8, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 159,
    },
  ],
  "an RDB and commands that are cut": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\n0x              a7: Expected to read 6 bytes, got 2 bytes\nAOF analyzed: filename=a, size=169, ok_up_to=159, ok_up_to_line=10, diff=10\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 169,
    },
  ],
  "an RDB and commands that are cut, to be fixed": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\n0x              a7: Expected to read 6 bytes, got 2 bytes\nAOF analyzed: filename=a, size=169, ok_up_to=159, ok_up_to_line=10, diff=10\nThis will shrink the AOF a from 169 bytes, with 10 bytes, to 159 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 159,
    },
  ],
  "an RDB and a transaction without its end": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\n0x              ab: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a, size=174, ok_up_to=132, ok_up_to_line=11, diff=42\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 174,
    },
  ],
  "an RDB and a transaction without its end, to be fixed": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\n0x              ab: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a, size=174, ok_up_to=132, ok_up_to_line=11, diff=42\nThis will shrink the AOF a from 174 bytes, with 42 bytes, to 132 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 132,
    },
  ],
  "an RDB that is cut": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n--- RDB ERROR DETECTED ---\n[offset 55] Unexpected EOF reading RDB file\n[additional info] While doing: read-aux\n[additional info] Reading type 0 (string)\n[info] 0 keys read\n[info] 0 expires\n[info] 0 already expired\nRDB preamble of AOF file is not sane, aborting.\n",
    1,
    {
      "a": 60,
    },
  ],
  "an RDB that is cut, to be fixed": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n--- RDB ERROR DETECTED ---\n[offset 55] Unexpected EOF reading RDB file\n[additional info] While doing: read-aux\n[additional info] Reading type 0 (string)\n[info] 0 keys read\n[info] 0 expires\n[info] 0 already expired\nRDB preamble of AOF file is not sane, aborting.\n",
    1,
    {
      "a": 60,
    },
  ],
  "an RDB that is cut in its checksum": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n--- RDB ERROR DETECTED ---\n[offset 124] Unexpected EOF reading RDB file\n[additional info] While doing: check-sum\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble of AOF file is not sane, aborting.\n",
    1,
    {
      "a": 129,
    },
  ],
  "an RDB that is cut in its checksum, to be fixed": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n--- RDB ERROR DETECTED ---\n[offset 124] Unexpected EOF reading RDB file\n[additional info] While doing: check-sum\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble of AOF file is not sane, aborting.\n",
    1,
    {
      "a": 129,
    },
  ],
  "an RDB with a wrong checksum": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD rxdis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n--- RDB ERROR DETECTED ---\n[offset 132] RDB CRC error\n[additional info] While doing: check-sum\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble of AOF file is not sane, aborting.\n",
    1,
    {
      "a": 159,
    },
  ],
  "an RDB with a wrong checksum, to be fixed": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD rxdis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n--- RDB ERROR DETECTED ---\n[offset 132] RDB CRC error\n[additional info] While doing: check-sum\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble of AOF file is not sane, aborting.\n",
    1,
    {
      "a": 159,
    },
  ],
  "whole parts": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nAOF analyzed: filename=a.1.base.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF analyzed: filename=a.1.incr.aof, size=41, ok_up_to=41, ok_up_to_line=18, diff=0\nINCR AOF a.1.incr.aof is valid\nAOF analyzed: filename=a.2.incr.aof, size=27, ok_up_to=27, ok_up_to_line=25, diff=0\nINCR AOF a.2.incr.aof is valid\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 41,
      "a.2.incr.aof": 27,
    },
  ],
  "whole parts, to be fixed": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nAOF analyzed: filename=a.1.base.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF analyzed: filename=a.1.incr.aof, size=41, ok_up_to=41, ok_up_to_line=18, diff=0\nINCR AOF a.1.incr.aof is valid\nAOF analyzed: filename=a.2.incr.aof, size=27, ok_up_to=27, ok_up_to_line=25, diff=0\nINCR AOF a.2.incr.aof is valid\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 41,
      "a.2.incr.aof": 27,
    },
  ],
  "empty parts": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nBASE AOF a.1.base.aof is empty\nStart to check INCR files.\nINCR AOF a.1.incr.aof is empty\nINCR AOF a.2.incr.aof is empty\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 93,
      "a.1.base.aof": 0,
      "a.1.incr.aof": 0,
      "a.2.incr.aof": 0,
    },
  ],
  "empty parts, to be fixed": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nBASE AOF a.1.base.aof is empty\nStart to check INCR files.\nINCR AOF a.1.incr.aof is empty\nINCR AOF a.2.incr.aof is empty\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 93,
      "a.1.base.aof": 0,
      "a.1.incr.aof": 0,
      "a.2.incr.aof": 0,
    },
  ],
  "a damaged base": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\n0x              1b: Expected \\r\\n, got: 00..\nAOF analyzed: filename=a.1.base.aof, size=29, ok_up_to=27, ok_up_to_line=8, diff=2\nAOF a.1.base.aof is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 29,
      "a.1.incr.aof": 27,
      "a.2.incr.aof": 27,
    },
  ],
  "a damaged base, to be fixed": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\n0x              1b: Expected \\r\\n, got: 00..\nAOF analyzed: filename=a.1.base.aof, size=29, ok_up_to=27, ok_up_to_line=8, diff=2\nFailed to truncate AOF a.1.base.aof because it is not the last file\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 29,
      "a.1.incr.aof": 27,
      "a.2.incr.aof": 27,
    },
  ],
  "a damaged increment in the middle": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nAOF analyzed: filename=a.1.base.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF a.1.incr.aof format error\nAOF analyzed: filename=a.1.incr.aof, size=28, ok_up_to=27, ok_up_to_line=15, diff=1\nAOF a.1.incr.aof is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 28,
      "a.2.incr.aof": 27,
    },
  ],
  "a damaged increment in the middle, to be fixed": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nAOF analyzed: filename=a.1.base.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF a.1.incr.aof format error\nAOF analyzed: filename=a.1.incr.aof, size=28, ok_up_to=27, ok_up_to_line=15, diff=1\nFailed to truncate AOF a.1.incr.aof because it is not the last file\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 28,
      "a.2.incr.aof": 27,
    },
  ],
  "a damaged last increment": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nAOF analyzed: filename=a.1.base.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF analyzed: filename=a.1.incr.aof, size=14, ok_up_to=14, ok_up_to_line=11, diff=0\nINCR AOF a.1.incr.aof is valid\n0x              23: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a.2.incr.aof, size=42, ok_up_to=27, ok_up_to_line=21, diff=15\nAOF a.2.incr.aof is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 14,
      "a.2.incr.aof": 42,
    },
  ],
  "a damaged last increment, to be fixed": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nAOF analyzed: filename=a.1.base.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF analyzed: filename=a.1.incr.aof, size=14, ok_up_to=14, ok_up_to_line=11, diff=0\nINCR AOF a.1.incr.aof is valid\n0x              23: Reached EOF before reading EXEC for MULTI\nAOF analyzed: filename=a.2.incr.aof, size=42, ok_up_to=27, ok_up_to_line=21, diff=15\nThis will shrink the AOF a.2.incr.aof from 42 bytes, with 15 bytes, to 27 bytes\nContinue? [y/N]: Successfully truncated AOF a.2.incr.aof\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 14,
      "a.2.incr.aof": 27,
    },
  ],
  "a base alone, damaged": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\n0x              1b: Expected \\r\\n, got: 00..\nAOF analyzed: filename=b, size=29, ok_up_to=27, ok_up_to_line=8, diff=2\nAOF b is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a.manifest": 20,
      "b": 29,
    },
  ],
  "a base alone, damaged, to be fixed": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\n0x              1b: Expected \\r\\n, got: 00..\nAOF analyzed: filename=b, size=29, ok_up_to=27, ok_up_to_line=8, diff=2\nThis will shrink the AOF b from 29 bytes, with 2 bytes, to 27 bytes\nContinue? [y/N]: Successfully truncated AOF b\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 20,
      "b": 27,
    },
  ],
  "an increment alone": [
    "Start checking Multi Part AOF\nStart to check INCR files.\nAOF analyzed: filename=i, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nINCR AOF i is valid\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 20,
      "i": 27,
    },
  ],
  "an increment alone, to be fixed": [
    "Start checking Multi Part AOF\nStart to check INCR files.\nAOF analyzed: filename=i, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nINCR AOF i is valid\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 20,
      "i": 27,
    },
  ],
  "history alone": [
    "Start checking Multi Part AOF\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 30,
    },
  ],
  "history alone, to be fixed": [
    "Start checking Multi Part AOF\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 30,
    },
  ],
  "an RDB for a base": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RDB format).\n[offset 0] Checking RDB file a.1.base.aof\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\nAOF analyzed: filename=a.1.base.aof, size=132, ok_up_to=132, ok_up_to_line=1, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF analyzed: filename=a.1.incr.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nINCR AOF a.1.incr.aof is valid\nAOF analyzed: filename=a.2.incr.aof, size=27, ok_up_to=27, ok_up_to_line=15, diff=0\nINCR AOF a.2.incr.aof is valid\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 93,
      "a.1.base.aof": 132,
      "a.1.incr.aof": 27,
      "a.2.incr.aof": 27,
    },
  ],
  "an RDB for a base, to be fixed": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RDB format).\n[offset 0] Checking RDB file a.1.base.aof\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\nAOF analyzed: filename=a.1.base.aof, size=132, ok_up_to=132, ok_up_to_line=1, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF analyzed: filename=a.1.incr.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nINCR AOF a.1.incr.aof is valid\nAOF analyzed: filename=a.2.incr.aof, size=27, ok_up_to=27, ok_up_to_line=15, diff=0\nINCR AOF a.2.incr.aof is valid\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 93,
      "a.1.base.aof": 132,
      "a.1.incr.aof": 27,
      "a.2.incr.aof": 27,
    },
  ],
  "a damaged RDB for a base": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RDB format).\n[offset 0] Checking RDB file a.1.base.aof\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n--- RDB ERROR DETECTED ---\n[offset 91] Unexpected EOF reading RDB file\n[additional info] While doing: read-object-value\n[additional info] Reading key 'l'\n[additional info] Reading type 18 (quicklist-v2)\n[info] 1 keys read\n[info] 0 expires\n[info] 0 already expired\nRDB preamble of AOF file is not sane, aborting.\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 100,
      "a.1.incr.aof": 27,
      "a.2.incr.aof": 27,
    },
  ],
  "a damaged RDB for a base, to be fixed": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RDB format).\n[offset 0] Checking RDB file a.1.base.aof\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n--- RDB ERROR DETECTED ---\n[offset 91] Unexpected EOF reading RDB file\n[additional info] While doing: read-object-value\n[additional info] Reading key 'l'\n[additional info] Reading type 18 (quicklist-v2)\n[info] 1 keys read\n[info] 0 expires\n[info] 0 already expired\nRDB preamble of AOF file is not sane, aborting.\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 100,
      "a.1.incr.aof": 27,
      "a.2.incr.aof": 27,
    },
  ],
  "an RDB for an increment": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nAOF analyzed: filename=a.1.base.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF a.1.incr.aof format error\nAOF analyzed: filename=a.1.incr.aof, size=132, ok_up_to=0, ok_up_to_line=8, diff=132\nAOF a.1.incr.aof is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 132,
      "a.2.incr.aof": 27,
    },
  ],
  "an RDB for an increment, to be fixed": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nAOF analyzed: filename=a.1.base.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF a.1.incr.aof format error\nAOF analyzed: filename=a.1.incr.aof, size=132, ok_up_to=0, ok_up_to_line=8, diff=132\nFailed to truncate AOF a.1.incr.aof because it is not the last file\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 132,
      "a.2.incr.aof": 27,
    },
  ],
  "a missing base": [
    "Start checking Multi Part AOF\nCannot open file ./a.1.base.aof: No such file or directory\n",
    1,
    {
      "a.manifest": 93,
      "a.1.incr.aof": 0,
      "a.2.incr.aof": 0,
    },
  ],
  "a missing base, to be fixed": [
    "Start checking Multi Part AOF\nCannot open file ./a.1.base.aof: No such file or directory\n",
    1,
    {
      "a.manifest": 93,
      "a.1.incr.aof": 0,
      "a.2.incr.aof": 0,
    },
  ],
  "a missing increment": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nAOF analyzed: filename=a.1.base.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF analyzed: filename=a.1.incr.aof, size=27, ok_up_to=27, ok_up_to_line=15, diff=0\nINCR AOF a.1.incr.aof is valid\nCannot open file ./a.2.incr.aof: No such file or directory, aborting...\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 27,
    },
  ],
  "a missing increment, to be fixed": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nAOF analyzed: filename=a.1.base.aof, size=27, ok_up_to=27, ok_up_to_line=8, diff=0\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nAOF analyzed: filename=a.1.incr.aof, size=27, ok_up_to=27, ok_up_to_line=15, diff=0\nINCR AOF a.1.incr.aof is valid\nCannot open file ./a.2.incr.aof: No such file or directory, aborting...\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 27,
    },
  ],
  "a manifest of an unknown type": [
    "Start checking Multi Part AOF\n<log> # \n*** FATAL AOF MANIFEST FILE ERROR ***\n\n<log> # Reading the manifest file, at line 1\n\n<log> # >>> 'file a seq 1 type x'\n\n<log> # Unknown AOF file type\n\n",
    1,
    {
      "a.manifest": 20,
    },
  ],
  "a manifest of an unknown type, to be fixed": [
    "Start checking Multi Part AOF\n<log> # \n*** FATAL AOF MANIFEST FILE ERROR ***\n\n<log> # Reading the manifest file, at line 1\n\n<log> # >>> 'file a seq 1 type x'\n\n<log> # Unknown AOF file type\n\n",
    1,
    {
      "a.manifest": 20,
    },
  ],
  "a manifest with an empty line": [
    "Start checking Multi Part AOF\n<log> # \n*** FATAL AOF MANIFEST FILE ERROR ***\n\n<log> # Reading the manifest file, at line 2\n\n<log> # >>> ''\n\n<log> # Invalid AOF manifest file format\n\n",
    1,
    {
      "a.manifest": 31,
    },
  ],
  "a manifest with an empty line, to be fixed": [
    "Start checking Multi Part AOF\n<log> # \n*** FATAL AOF MANIFEST FILE ERROR ***\n\n<log> # Reading the manifest file, at line 2\n\n<log> # >>> ''\n\n<log> # Invalid AOF manifest file format\n\n",
    1,
    {
      "a.manifest": 31,
    },
  ],
  "a manifest without its last line break": [
    "Start checking Multi Part AOF\n<log> # \n*** FATAL AOF MANIFEST FILE ERROR ***\n\n<log> # The AOF manifest file contains too long line\n\n",
    1,
    {
      "a.manifest": 19,
    },
  ],
  "a manifest without its last line break, to be fixed": [
    "Start checking Multi Part AOF\n<log> # \n*** FATAL AOF MANIFEST FILE ERROR ***\n\n<log> # The AOF manifest file contains too long line\n\n",
    1,
    {
      "a.manifest": 19,
    },
  ],
  "a manifest that is empty": [
    "Start checking Old-Style AOF\nAOF a.manifest is empty\n",
    0,
    {
      "a.manifest": 0,
    },
  ],
  "a manifest that is empty, to be fixed": [
    "Start checking Old-Style AOF\nAOF a.manifest is empty\n",
    0,
    {
      "a.manifest": 0,
    },
  ],
  "a time before all": [
    "Start checking Old-Style AOF\nAOF a has nothing before timestamp 99, aborting...\n",
    1,
    {
      "a": 108,
    },
  ],
  "a time in the middle": [
    "Start checking Old-Style AOF\nSuccessfully truncated AOF a to timestamp 100\n",
    0,
    {
      "a": 36,
    },
  ],
  "another time in the middle": [
    "Start checking Old-Style AOF\nSuccessfully truncated AOF a to timestamp 299\n",
    0,
    {
      "a": 72,
    },
  ],
  "a time after all": [
    "Start checking Old-Style AOF\nTruncate nothing in AOF a to timestamp 300\nAOF a is valid\n",
    0,
    {
      "a": 108,
    },
  ],
  "time zero": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=108, ok_up_to=108, ok_up_to_line=22, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 108,
    },
  ],
  "a negative time": [
    "Start checking Old-Style AOF\nAOF a has nothing before timestamp -5, aborting...\n",
    1,
    {
      "a": 108,
    },
  ],
  "a time with a space before it": [
    "Start checking Old-Style AOF\nSuccessfully truncated AOF a to timestamp 150\n",
    0,
    {
      "a": 36,
    },
  ],
  "a time with a space behind it": [
    "Invalid timestamp, aborting...\n",
    1,
    {
      "a": 108,
    },
  ],
  "no time": [
    "Start checking Old-Style AOF\nAOF analyzed: filename=a, size=108, ok_up_to=108, ok_up_to_line=22, diff=0\nAOF a is valid\n",
    0,
    {
      "a": 108,
    },
  ],
  "a time that is no number": [
    "Invalid timestamp, aborting...\n",
    1,
    {
      "a": 108,
    },
  ],
  "a time that is too large": [
    "Invalid timestamp, aborting...\n",
    1,
    {
      "a": 108,
    },
  ],
  "a time before damage": [
    "Start checking Old-Style AOF\nSuccessfully truncated AOF a to timestamp 200\n",
    0,
    {
      "a": 72,
    },
  ],
  "a time after which there is damage": [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=109, ok_up_to=108, ok_up_to_line=22, diff=1\nAOF a is not valid. Use the --fix option to try fixing it.\n",
    1,
    {
      "a": 109,
    },
  ],
  "a time without annotations": [
    "Start checking Old-Style AOF\nTruncate nothing in AOF a to timestamp 5\nAOF a is valid\n",
    0,
    {
      "a": 27,
    },
  ],
  "a time in a transaction": [
    "Start checking Old-Style AOF\nSuccessfully truncated AOF a to timestamp 150\n",
    0,
    {
      "a": 51,
    },
  ],
  "an annotation without a number": [
    "Start checking Old-Style AOF\nTruncate nothing in AOF a to timestamp 5\nAOF a is valid\n",
    0,
    {
      "a": 33,
    },
  ],
  "an annotation that is no number": [
    "Start checking Old-Style AOF\nInvalid timestamp annotation\n",
    1,
    {
      "a": 36,
    },
  ],
  "an annotation with something behind the number": [
    "Start checking Old-Style AOF\nInvalid timestamp annotation\n",
    1,
    {
      "a": 35,
    },
  ],
  "an annotation that ends in one byte": [
    "Start checking Old-Style AOF\nInvalid timestamp annotation\n",
    1,
    {
      "a": 33,
    },
  ],
  "an annotation that is too large": [
    "Start checking Old-Style AOF\nInvalid timestamp annotation\n",
    1,
    {
      "a": 53,
    },
  ],
  "a time before all behind an RDB": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\nSuccessfully truncated AOF a to timestamp 50\n",
    0,
    {
      "a": 132,
    },
  ],
  "a time after all behind an RDB": [
    "Start checking Old-Style AOF\n[offset 0] Checking RDB file a\n[offset 27] AUX FIELD redis-ver = '7.0.15'\n[offset 41] AUX FIELD redis-bits = '64'\n[offset 53] AUX FIELD ctime = '1795172809'\n[offset 68] AUX FIELD used-mem = '989608'\n[offset 80] AUX FIELD aof-base = '1'\n[offset 82] Selecting DB ID 0\n[offset 132] Checksum OK\n[offset 132] \\o/ RDB looks OK! \\o/\n[info] 3 keys read\n[info] 1 expires\n[info] 0 already expired\nRDB preamble is OK, proceeding with AOF tail...\nTruncate nothing in AOF a to timestamp 500\nAOF a is valid\n",
    0,
    {
      "a": 240,
    },
  ],
  "a time before the last part": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nTruncate nothing in AOF a.1.base.aof to timestamp 150\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nTruncate nothing in AOF a.1.incr.aof to timestamp 150\nINCR AOF a.1.incr.aof is valid\nAOF ./a.2.incr.aof has nothing before timestamp 150, aborting...\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 36,
      "a.2.incr.aof": 36,
    },
  ],
  "a time in the last part": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nTruncate nothing in AOF a.1.base.aof to timestamp 250\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nTruncate nothing in AOF a.1.incr.aof to timestamp 250\nINCR AOF a.1.incr.aof is valid\nSuccessfully truncated AOF a.2.incr.aof to timestamp 250\nAll AOF files and manifest are valid\n",
    0,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 36,
      "a.2.incr.aof": 27,
    },
  ],
  "a time in a part before the last": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nTruncate nothing in AOF a.1.base.aof to timestamp 50\nBASE AOF a.1.base.aof is valid\nStart to check INCR files.\nFailed to truncate AOF ./a.1.incr.aof to timestamp 50 to offset 27 because it is not the last file.\nIf you insist, please delete all files after this file according to the manifest file and delete the corresponding records in manifest file manually. Then re-run redeno check-aof.\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 27,
      "a.1.incr.aof": 63,
      "a.2.incr.aof": 27,
    },
  ],
  "a time before the base": [
    "Start checking Multi Part AOF\nStart to check BASE AOF (RESP format).\nAOF ./a.1.base.aof has nothing before timestamp 50, aborting...\n",
    1,
    {
      "a.manifest": 93,
      "a.1.base.aof": 36,
      "a.1.incr.aof": 27,
      "a.2.incr.aof": 27,
    },
  ],
  "no arguments": [
    "Usage: redeno check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>\n",
    1,
    {},
  ],
  "a file that is not there": [
    "Cannot open file a: No such file or directory\n",
    1,
    {},
  ],
  "an option without a file": [
    "Cannot open file --fix: No such file or directory\n",
    1,
    {},
  ],
  "a timestamp without a file": [
    "Usage: redeno check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>\n",
    1,
    {
      "a": 27,
    },
  ],
  "an option behind the file": [
    "Usage: redeno check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>\n",
    1,
    {
      "a": 27,
    },
  ],
  "an option that there is not": [
    "Usage: redeno check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>\n",
    1,
    {
      "a": 27,
    },
  ],
  "two files": [
    "Usage: redeno check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>\n",
    1,
    {
      "a": 27,
    },
  ],
  "too many arguments": [
    "Usage: redeno check-aof [--fix|--truncate-to-timestamp $timestamp] <file.manifest|file.aof>\n",
    1,
    {
      "a": 27,
    },
  ],
  "a folder": [
    "Cannot read file: .\n",
    1,
    {},
  ],
  'the answer "n\\n"': [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=28, ok_up_to=27, ok_up_to_line=8, diff=1\nThis will shrink the AOF a from 28 bytes, with 1 bytes, to 27 bytes\nContinue? [y/N]: Aborting...\n",
    1,
    {
      "a": 28,
    },
  ],
  'the answer ""': [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=28, ok_up_to=27, ok_up_to_line=8, diff=1\nThis will shrink the AOF a from 28 bytes, with 1 bytes, to 27 bytes\nContinue? [y/N]: Aborting...\n",
    1,
    {
      "a": 28,
    },
  ],
  'the answer "Y\\n"': [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=28, ok_up_to=27, ok_up_to_line=8, diff=1\nThis will shrink the AOF a from 28 bytes, with 1 bytes, to 27 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 27,
    },
  ],
  'the answer "yes\\n"': [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=28, ok_up_to=27, ok_up_to_line=8, diff=1\nThis will shrink the AOF a from 28 bytes, with 1 bytes, to 27 bytes\nContinue? [y/N]: Successfully truncated AOF a\n",
    0,
    {
      "a": 27,
    },
  ],
  'the answer " y\\n"': [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=28, ok_up_to=27, ok_up_to_line=8, diff=1\nThis will shrink the AOF a from 28 bytes, with 1 bytes, to 27 bytes\nContinue? [y/N]: Aborting...\n",
    1,
    {
      "a": 28,
    },
  ],
  'the answer "\\n"': [
    "Start checking Old-Style AOF\nAOF a format error\nAOF analyzed: filename=a, size=28, ok_up_to=27, ok_up_to_line=8, diff=1\nThis will shrink the AOF a from 28 bytes, with 1 bytes, to 27 bytes\nContinue? [y/N]: Aborting...\n",
    1,
    {
      "a": 28,
    },
  ],
};

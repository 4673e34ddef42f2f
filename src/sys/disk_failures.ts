/** The reasons for which calls on files fail, with the texts of glibc's strerror. */
import { DiskError } from "./disk.ts";

const TEXTS = {
  EACCES: "Permission denied",
  EBADF: "Bad file descriptor",
  EBUSY: "Device or resource busy",
  EDQUOT: "Disk quota exceeded",
  EEXIST: "File exists",
  EFBIG: "File too large",
  EINTR: "Interrupted system call",
  EINVAL: "Invalid argument",
  EIO: "Input/output error",
  EISDIR: "Is a directory",
  ELOOP: "Too many levels of symbolic links",
  EMFILE: "Too many open files",
  ENAMETOOLONG: "File name too long",
  ENFILE: "Too many open files in system",
  ENODEV: "No such device",
  ENOENT: "No such file or directory",
  ENOMEM: "Cannot allocate memory",
  ENOSPC: "No space left on device",
  ENOTDIR: "Not a directory",
  ENOTEMPTY: "Directory not empty",
  ENXIO: "No such device or address",
  EPERM: "Operation not permitted",
  EROFS: "Read-only file system",
  ESTALE: "Stale file handle",
  EXDEV: "Invalid cross-device link",
} as const;

/** A reason whose text is known. */
export type ErrorCode = keyof typeof TEXTS;

/** The text of a reason; undefined of one that is not known. */
export function strerror(code: ErrorCode): string;
export function strerror(code: string): string | undefined;
export function strerror(code: string): string | undefined {
  return Object.hasOwn(TEXTS, code) ? TEXTS[code as ErrorCode] : undefined;
}

/** The reason that has this text, or undefined. */
export function codeOfText(text: string): string | undefined {
  return Object.entries(TEXTS).find(([, its]) => its === text)?.[0];
}

/** The error of a reason, to be thrown. */
export function failure(code: ErrorCode): DiskError {
  return new DiskError(code, strerror(code));
}

/**
 * From the append-only file of servers before 7.0, one file in the server's folder, to a folder with a manifest.
 */
import type { Disk } from "../../sys/disk.ts";
import { Manifest, readManifest, writeManifest } from "./manifest.ts";

/**
 * Moves a single append-only file into the folder of the append-only files and makes it the base of a manifest. Can be
 * broken off anywhere and done again.
 * @param folder `appenddirname`, beside the old file
 * @param fileName `appendfilename`, the name of the old file
 * @returns whether there was something to do
 * @throws AofManifestError, DiskError
 */
export function upgradeOldFile(
  disk: Disk,
  folder: string,
  fileName: string,
  log: { notice(text: string): void },
): boolean {
  if (!disk.exists(fileName)) return false;
  const manifest = readManifest(disk, folder, fileName);
  if (manifest !== undefined && !isHalfUpgraded(disk, folder, fileName, manifest)) return false;
  disk.makeFolder(folder);
  disk.syncFolder(".");
  const upgraded = new Manifest();
  upgraded.adopt(fileName);
  writeManifest(disk, folder, fileName, upgraded);
  disk.rename(fileName, `${folder}/${fileName}`);
  // In this order: until the new name is durable the old one must stay.
  disk.syncFolder(folder);
  disk.syncFolder(".");
  log.notice(`Successfully migrated an old-style AOF file (${fileName}) into the AOF directory (${folder}).`);
  return true;
}

/** Whether the manifest names nothing but the old file, and that was not moved yet. */
function isHalfUpgraded(disk: Disk, folder: string, fileName: string, manifest: Manifest): boolean {
  return manifest.base?.name === fileName && manifest.increments.length === 0 &&
    manifest.history.length === 0 && !disk.exists(`${folder}/${fileName}`);
}

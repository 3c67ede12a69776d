package io.portolan.gateway;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Why a file or folder could not be had, in words that hold no path: what Java says is a path alone, or a class name. */
public final class FileReason {

    /** What the operating system says in its own words, without a class of Java's for it. */
    private static final Map<String, String> WORDS = Map.of(
            "Not a directory", "a part of its path is a file, not a folder",
            "Is a directory", "it is a folder, not a file",
            "No space left on device", "no space is left on the disk",
            "Disk quota exceeded", "the disk quota is used up",
            "Read-only file system", "the file system is read-only",
            "Too many levels of symbolic links", "a loop of symbolic links",
            "Too many levels of symbolic links or unable to access attributes of symbolic link",
                    "a loop of symbolic links",
            "Too many open files", "too many files are open",
            "File name too long", "the name is too long",
            "Input/output error", "the disk failed");

    private FileReason() {}

    public static String of(IOException problem) {
        if (problem instanceof NoSuchFileException) {
            return "there is no such file or folder";
        }
        if (problem instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (problem instanceof FileAlreadyExistsException) {
            return "something else of this name is there";
        }
        if (problem instanceof FileSystemLoopException) {
            return "a loop of symbolic links";
        }
        if (problem instanceof NotDirectoryException) {
            return "it is a file, not a folder";
        }
        if (problem instanceof DirectoryNotEmptyException) {
            return "a folder of this name is there, and not empty";
        }
        if (problem instanceof CharacterCodingException) {
            return "it is not UTF-8 text";
        }
        String said = problem instanceof FileSystemException file ? file.getReason() : problem.getMessage();
        return words(said, problem);
    }

    /** The text of any other exception may quote what was read. */
    private static String words(@Nullable String said, IOException problem) {
        String words = said == null ? null : WORDS.get(said);
        if (words == null && said != null && problem instanceof FileSystemException) {
            return said;
        }
        return words == null ? problem.getClass().getSimpleName() : words;
    }
}

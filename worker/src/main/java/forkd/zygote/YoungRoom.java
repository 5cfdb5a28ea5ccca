package forkd.zygote;

/**
 * A part of the room for new objects in which no object is, and in which others have been: what lies there is nothing to anybody. Addresses.
 *
 * @param start of its first byte
 * @param end behind its last byte
 */
public record YoungRoom(long start, long end) {
    /** Where nothing is known. */
    public static final YoungRoom NONE = new YoungRoom(0, 0);

    /** As {@link #text} writes it. */
    public static YoungRoom parse(String text) {
        int space = text.indexOf(' ');
        return new YoungRoom(Long.parseLong(text.substring(0, space)), Long.parseLong(text.substring(space + 1)));
    }

    String text() {
        return start + " " + end;
    }
}

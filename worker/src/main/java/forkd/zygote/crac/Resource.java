package forkd.zygote.crac;

/** What {@code org.crac} hands over for each {@code org.crac.Resource}: a proxy of this shape. */
public interface Resource {
    void beforeCheckpoint(Context<? extends Resource> context) throws Exception;

    void afterRestore(Context<? extends Resource> context) throws Exception;
}

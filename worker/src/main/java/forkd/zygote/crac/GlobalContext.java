package forkd.zygote.crac;

import forkd.worker.ForkHook;
import forkd.worker.ForkHooks;

/** Turns each resource into a hook around the fork. */
final class GlobalContext extends Context<Resource> {
    @Override
    public void register(Resource resource) {
        ForkHooks.register(new ForkHook() {
            @Override
            public void beforeFork() throws Exception {
                resource.beforeCheckpoint(GlobalContext.this);
            }

            @Override
            public void afterFork() throws Exception {
                resource.afterRestore(GlobalContext.this);
            }
        });
    }

    @Override
    public void beforeCheckpoint(Context<? extends Resource> context) {
        throw new UnsupportedOperationException("the global context has no parent");
    }

    @Override
    public void afterRestore(Context<? extends Resource> context) {
        throw new UnsupportedOperationException("the global context has no parent");
    }
}

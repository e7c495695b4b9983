using R1Reward.Actors.Workers.Learn;

namespace R1Reward.Actors.Tests.Workers.Learn;

public sealed class ManagedMemoryTests
{
    [Fact]
    public void What_is_there_after_the_first_update_moves_to_the_oldest_generation()
    {
        var memory = new ManagedMemory();
        var stays = new object();

        memory.AddTo([]);

        Assert.Equal(GC.MaxGeneration, GC.GetGeneration(stays));
    }

    [Fact]
    public void Memory_counts_for_the_update_in_which_it_was_allocated()
    {
        var memory = new ManagedMemory();
        var figures = new Dictionary<string, double>();
        memory.AddTo(figures);

        var held = GC.AllocateUninitializedArray<byte>(200 * 1024 * 1024);
        memory.AddTo(figures);
        GC.KeepAlive(held);
        Assert.True(figures["allocated-mib"] >= 200, $"{figures["allocated-mib"]} MiB");

        memory.AddTo(figures);
        Assert.True(figures["allocated-mib"] < 200, $"{figures["allocated-mib"]} MiB");
        Assert.True(figures["gc-pause-ms"] >= 0, $"{figures["gc-pause-ms"]} ms");
    }
}

using R1Reward.Policy.Tensors;
using R1Reward.Policy.Tests.Training;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Tensors;

public sealed class HostMemoryTests
{
    private const int Blocks = 2048;
    private const int Length = 16 * 1024;

    [PeakMemoryFact]
    public void Pages_between_blocks_that_are_used_are_given_back_where_tensors_are_on_the_CPU()
    {
        var blocks = Enumerable.Range(0, Blocks).Select(_ => ones(Length)).ToList();
        foreach (var block in blocks.Where((_, number) => number % 64 != 0))
        {
            block.Dispose();
        }

        var before = PeakMemory.Resident();
        HostMemory.GiveBackUnused(META);
        var elsewhere = before - PeakMemory.Resident();
        HostMemory.GiveBackUnused(CPU);
        var here = before - PeakMemory.Resident();
        blocks.ForEach(block => block.Dispose());
        const long most = Blocks * (long)Length * sizeof(float) / 2;
        Assert.True(elsewhere < most && here > most, $"of {before} bytes {elsewhere}, then {here} were given back");
    }
}

// What several learners cost: the rate of the ring beside a plain copy through the same sockets (ring), and train steps
// of two ranks of one thread beside one rank of two (step SHAPE, with a sharding where they share something out), or of
// a GPU each beside one (step SHAPE cuda). check cpu and check cuda: whether what is exchanged is right. memory SHAPE
// DTYPE RANKS SHARDING...: the peak memory of each rank beside its estimate.
using R1Reward.Bench.Learners;
using R1Reward.Cli.Running;
using R1Reward.Policy.Optimization;

NativeSettings.Apply();
switch (args)
{
    case ["ring"]:
        RingRate.Measure();
        return 0;
    case ["check", "cpu" or "cuda"]:
        return DeviceCheck.Run(args[1]) ? 0 : 1;
    case ["step", var shape]:
        StepTimes.Measure(shape, "cpu", "none");
        return 0;
    case ["step", var shape, "cuda"]:
        StepTimes.Measure(shape, "cuda", "none");
        return 0;
    case ["step", var shape, var sharding]:
        StepTimes.Measure(shape, "cpu", sharding);
        return 0;
    case ["memory", var shape, var dtype, var ranks, .. var shardings]:
        RankMemory.Measure(shape, dtype, int.Parse(ranks), shardings);
        return 0;
    case ["memory-rank", var shape, var dtype, var sharding, _, var rank, var ranks]:
        RankMemory.Run(shape, dtype, sharding, int.Parse(rank), int.Parse(ranks));
        return 0;
    case ["rank", var shape, var device, var sharding, var overlaps, var threads, var rank, var ranks]:
        RankWork.Run(
            shape,
            device,
            Enum.Parse<Sharding>(sharding, ignoreCase: true),
            bool.Parse(overlaps),
            int.Parse(threads),
            int.Parse(rank),
            int.Parse(ranks));
        return 0;
    default:
        Console.Error.WriteLine(
            "learners: give ring, check and cpu or cuda, step and tiny, 40m or 0.5b (and cuda or a "
            + "sharding), or memory, a shape, float32 or bfloat16, a number of ranks and the shardings");
        return 2;
}

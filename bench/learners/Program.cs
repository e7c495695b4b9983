// What several learners cost: the rate of the ring beside a plain copy through the same sockets (ring), and train steps
// of two ranks of one thread beside one rank of two (step SHAPE).
using R1Reward.Bench.Learners;
using R1Reward.Cli.Running;

NativeSettings.Apply();
switch (args)
{
    case ["ring"]:
        RingRate.Measure();
        return 0;
    case ["step", var shape]:
        StepTimes.Measure(shape);
        return 0;
    case ["rank", var shape, var threads, var rank, var ranks]:
        RankWork.Run(shape, int.Parse(threads), int.Parse(rank), int.Parse(ranks));
        return 0;
    default:
        Console.Error.WriteLine("learners: give ring, or step and tiny, 40m or 0.5b");
        return 2;
}

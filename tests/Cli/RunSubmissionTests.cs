using Akka.Actor;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests;

/// <summary>What a command line does when coordinators change while it follows its run.</summary>
public sealed class RunSubmissionTests : IDisposable
{
    private static readonly RunStatus Unknown = RunStatus.NoRun with { Message = "no run is under way in /runs" };
    private static readonly RunStatus Own = RunStatus.NoRun with { RunId = "run" };
    private static readonly RunStatus Refused = Own with { Outcome = RunOutcome.UserError, Message = "correct this" };
    private static readonly RunStatus Rolling = Own with { Stage = RunStage.Rolling };

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_that_a_lost_coordinator_has_refused_is_handed_to_the_next_one_and_its_refusal_told()
    {
        var cluster = new Cluster(_folder.At("run"), Unknown, Refused);

        var told = await Assert.ThrowsAsync<UserErrorException>(() => FollowAsync(cluster));

        Assert.Equal(("correct this", 2), (told.Message, cluster.Submissions));
    }

    [Fact]
    public async Task A_run_that_has_begun_is_not_begun_again_where_nobody_knows_it()
    {
        var cluster = new Cluster(
            _folder.At("run"), Rolling, Unknown, Own with { Outcome = RunOutcome.Stopped, Message = "stopped" });

        Assert.Equal(0, await FollowAsync(cluster));

        Assert.Equal(1, cluster.Submissions);
    }

    [Fact]
    public async Task A_stop_ends_a_run_that_nobody_knows_before_it_has_begun()
    {
        using var stop = new CancellationTokenSource();
        var cluster = new Cluster(_folder.At("run"), Unknown) { OnAsked = stop.Cancel };

        await Assert.ThrowsAsync<OperationCanceledException>(() => FollowAsync(cluster, stop.Token));
    }

    [Fact]
    public async Task The_end_of_a_run_is_told_in_one_line_where_its_folder_is_not()
    {
        var console = Console.Out;
        await using var output = new StringWriter();
        try
        {
            Console.SetOut(output);
            Assert.Equal(
                0, await FollowAsync(new Cluster("/elsewhere/run", Own with { Outcome = RunOutcome.Finished })));
        }
        finally
        {
            Console.SetOut(console);
        }

        Assert.Equal(
            "run: finished; its table and its report are in /elsewhere/run on the storage of the cluster, which this "
                + "machine does not have.\n",
            output.ToString());
    }

    private static Task<int> FollowAsync(Cluster cluster, CancellationToken stop = default) => new RunSubmission(
        cluster, new RunCommands.Submit("run", ""), TimeSpan.FromSeconds(1), plain: true).RunAsync(
        stop, () => Task.CompletedTask);

    /// <summary>Takes the run, and answers with one status after the other.</summary>
    private sealed class Cluster(string folder, params RunStatus[] answers) : ICoordinatorLink
    {
        private readonly Queue<RunStatus> _answers = new(answers);

        public int Submissions { get; private set; }

        public Action OnAsked { get; init; } = () => { };

        public ActorSystem System => throw new NotSupportedException();

        public Task<T> AskAsync<T>(object question, TimeSpan patience)
        {
            if (question is RunCommands.Submit submit)
            {
                Submissions++;
                return Task.FromResult((T)(object)new RunCommands.Submitted(submit.RunId, null, folder));
            }

            OnAsked();
            return Task.FromResult((T)(object)_answers.Dequeue());
        }

        public void Tell(object message)
        {
        }
    }
}

using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Tests.Hosting;
using R1Reward.Data;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Runs.Loading;

public sealed class RunFactoryTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private NodeSettings _node = null!;
    private BulkHub _bulk = null!;

    private string RunFolder => _folder.At("tiny");

    public async Task InitializeAsync()
    {
        var configuration = TinyRun.Configuration(_folder.Path, 1);
        _node = NodeSettings.Read(configuration.Reader(), configuration.Config);
        _bulk = await BulkHub.StartAsync(_node.Bulk);
    }

    public async Task DisposeAsync()
    {
        await _bulk.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_loader_whose_coordinator_is_gone_takes_no_epoch_and_leaves_the_run_to_the_next_one()
    {
        var submit = Submission();
        var gone = new CancellationToken(canceled: true);

        await Assert.ThrowsAsync<OperationCanceledException>(() => Next().LoadAsync(submit, gone));

        Assert.Empty(Journal.ReadOnly(RunFolder));
        Assert.Equal(submit, Next().Interrupted());
        using var run = await Next().LoadAsync(submit, CancellationToken.None);
        Assert.Equal((1, submit.RunId), (run.Ledger.Epoch, Next().Interrupted()?.RunId));
    }

    [Fact]
    public async Task A_run_that_is_refused_before_it_ever_began_is_forgotten()
    {
        await Assert.ThrowsAsync<UserErrorException>(() => Next().LoadAsync(Refused(), CancellationToken.None));

        Assert.Null(Next().Interrupted());
    }

    [Fact]
    public async Task A_finished_run_is_refused_and_forgotten()
    {
        Journal.Open(RunFolder, TimeProvider.System).Append(JournalKind.Finished);

        await Assert.ThrowsAsync<UserErrorException>(() => Next().LoadAsync(Submission(), CancellationToken.None));

        Assert.Null(Next().Interrupted());
    }

    [Fact]
    public async Task A_run_that_is_under_way_stays_noted_where_it_cannot_be_loaded_now()
    {
        Journal.Open(RunFolder, TimeProvider.System);

        await Assert.ThrowsAsync<UserErrorException>(() => Next().LoadAsync(Refused(), CancellationToken.None));

        Assert.Equal(Refused(), Next().Interrupted());
    }

    [Fact]
    public async Task A_refusal_that_nobody_hears_any_more_is_left_to_the_next_coordinator()
    {
        var gone = new CancellationToken(canceled: true);

        await Assert.ThrowsAsync<UserErrorException>(() => Next().LoadAsync(Refused(), gone));

        Assert.Equal(Refused(), Next().Interrupted());
    }

    private RunFactory Next() => new(_bulk, _node, TimeProvider.System, resume: true);

    private RunCommands.Submit Refused() => Submission($"r1reward.model.path={_folder.At("missing")}");

    private RunCommands.Submit Submission(params string[] settings) =>
        new("tiny", TinyRun.Configuration(_folder.Path, 1, settings).Print());
}

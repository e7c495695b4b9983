using R1Reward.Data;
using R1Reward.Data.Traces;

namespace R1Reward.Rollout.Tests;

public sealed class GenerationThreadTests(Factory factory) : IClassFixture<Factory>
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Traces_are_those_of_the_engine_alone_in_sample_order()
    {
        using var engine = factory.Engine();
        var alone = Factory.Run(engine, factory.Request("one", samples: 3), factory.Request("two", samples: 2));
        var holder = new Holder(factory);
        using var thread = new GenerationThread<int>("test", holder, 16, nativeThreads: 1);
        var one = thread.GenerateAsync(1, _ => factory.Request("one", samples: 3));
        var two = thread.GenerateAsync(1, _ => factory.Request("two", samples: 2));
        var traces = (await one.WaitAsync(_patience)).Concat(await two.WaitAsync(_patience)).ToList();
        Assert.Equal(["one/0", "one/1", "one/2", "two/0", "two/1"], traces.Select(trace => trace.Id));
        Assert.All(traces, trace => Assert.Equal<int>(alone[trace.Id].Tokens, trace.Tokens));
        Assert.Equal([1], holder.Loaded);
    }

    [Fact]
    public async Task Other_weights_wait_until_what_runs_is_done_and_are_loaded_once()
    {
        var holder = new Holder(factory);
        using var thread = new GenerationThread<int>("test", holder, 16);
        var all = new[] { (1, "a"), (1, "b"), (2, "c"), (2, "d"), (1, "e") }
            .Select(one => thread.GenerateAsync(one.Item1, _ => factory.Request(one.Item2, samples: 2)))
            .ToList();
        var versions = new List<int>();
        foreach (var one in all)
        {
            versions.Add(
                Assert.Single((await one.WaitAsync(_patience)).Select(trace => trace.Version.Number).Distinct()));
        }

        Assert.Equal([1, 1, 2, 2, 1], versions);
        Assert.Equal([1, 2, 1], holder.Loaded);
    }

    [Fact]
    public async Task What_is_wrong_with_one_request_fails_that_one_alone()
    {
        var holder = new Holder(factory) { Refused = 3 };
        using var thread = new GenerationThread<int>("test", holder, 16);
        var good = thread.GenerateAsync(1, _ => factory.Request("good"));
        var empty = thread.GenerateAsync(1, _ => null);
        var tooLong = thread.GenerateAsync(1, _ => factory.Request("long") with { PromptTokens = [.. new int[600]] });
        var broken = thread.GenerateAsync(1, _ => throw new FormatException("no prompt"));
        var lost = thread.GenerateAsync(3, _ => factory.Request("lost"));
        var after = thread.GenerateAsync(1, _ => factory.Request("after"));
        Assert.Single(await good.WaitAsync(_patience));
        Assert.Empty(await empty.WaitAsync(_patience));
        await Assert.ThrowsAsync<UserErrorException>(() => tooLong.WaitAsync(_patience));
        await Assert.ThrowsAsync<FormatException>(() => broken.WaitAsync(_patience));
        await Assert.ThrowsAsync<IOException>(() => lost.WaitAsync(_patience));
        Assert.Single(await after.WaitAsync(_patience));
    }

    [Fact]
    public async Task A_failing_step_fails_all_that_run_and_the_thread_goes_on()
    {
        var failed = new List<int>();
        var holder = new Holder(factory);
        using var thread = new GenerationThread<int>("test", holder, 16, onFailed: (count, _) => failed.Add(count));
        var cause = new FormatException("the listener fails");
        var one = thread.GenerateAsync(1, _ => factory.Request("one") with { OnToken = _ => throw cause });
        Assert.Same(cause, await Assert.ThrowsAsync<FormatException>(() => one.WaitAsync(_patience)));
        Assert.Equal([1], failed);
        Assert.Single(await thread.GenerateAsync(1, _ => factory.Request("two")).WaitAsync(_patience));
    }

    [Fact]
    public async Task A_cancelled_request_ends_before_its_turn_or_while_it_runs()
    {
        var holder = new Holder(factory);
        using var thread = new GenerationThread<int>("test", holder, 16);
        using var cancel = new CancellationTokenSource();
        var running = thread.GenerateAsync(
            1,
            _ => factory.Request("running") with { OnToken = _ => cancel.Cancel() },
            cancel.Token);
        await Assert.ThrowsAsync<OperationCanceledException>(() => running.WaitAsync(_patience));
        var late = thread.GenerateAsync(1, _ => throw new FormatException("prepared all the same"), cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => late.WaitAsync(_patience));
    }

    [Fact]
    public async Task A_cancelled_request_leaves_those_that_run_and_wait_with_it_as_they_are()
    {
        using var engine = factory.Engine();
        var alone = Factory.Run(engine, factory.Request("stays", samples: 3));
        var holder = new Holder(factory);
        var failed = 0;
        using var thread = new GenerationThread<int>("test", holder, 16, onFailed: (_, _) => failed++);
        using var cancel = new CancellationTokenSource();
        var heard = 0;
        var leaves = thread.GenerateAsync(
            1,
            _ => factory.Request("leaves", samples: 2) with
            {
                OnToken = _ =>
                {
                    heard++;
                    cancel.Cancel();
                },
            },
            cancel.Token);
        var stays = thread.GenerateAsync(1, _ => factory.Request("stays", samples: 3));
        var waits = thread.GenerateAsync(2, _ => throw new FormatException("prepared all the same"), cancel.Token);

        await Assert.ThrowsAsync<OperationCanceledException>(() => leaves.WaitAsync(_patience));
        await Assert.ThrowsAsync<OperationCanceledException>(() => waits.WaitAsync(_patience));
        var traces = await stays.WaitAsync(_patience);

        Assert.All(traces, trace => Assert.Equal<int>(alone[trace.Id].Tokens, trace.Tokens));
        Assert.Equal(3, traces.Count);
        Assert.Equal((2, 0), (heard, failed));
    }

    [Fact]
    public async Task A_request_too_many_is_turned_away_or_waits_until_one_has_ended()
    {
        using var gate = new ManualResetEventSlim();
        using var thread = new GenerationThread<int>("test", new Holder(factory), maxRequests: 1);
        var runs = thread.GenerateAsync(1, Gated("runs"));

        Assert.Null(thread.TryGenerateAsync(1, _ => throw new FormatException("prepared all the same")));
        using var cancel = new CancellationTokenSource();
        var givesUp = thread.GenerateAsync(1, _ => throw new FormatException("prepared all the same"), cancel.Token);
        var waits = thread.GenerateAsync(1, _ => factory.Request("waits"));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => givesUp.WaitAsync(_patience));
        Assert.False(waits.IsCompleted);

        gate.Set();
        Assert.Equal("runs/0", Assert.Single(await runs.WaitAsync(_patience)).Id);
        Assert.Equal("waits/0", Assert.Single(await waits.WaitAsync(_patience)).Id);
        Assert.Single(await thread.TryGenerateAsync(1, _ => factory.Request("after"))!.WaitAsync(_patience));

        Func<GenerationEngine, GenerationRequest?> Gated(string id) => _ =>
        {
            gate.Wait(_patience);
            return factory.Request(id);
        };
    }

    [Fact]
    public async Task Disposing_finishes_what_was_requested_and_disposes_the_policy()
    {
        var holder = new Holder(factory);
        var thread = new GenerationThread<int>("test", holder, 16);
        var traces = thread.GenerateAsync(1, _ => factory.Request("one", samples: 2));
        thread.Dispose();
        Assert.Equal(2, (await traces).Count);
        Assert.True(holder.IsDisposed);
        await Assert.ThrowsAsync<InvalidOperationException>(() => thread.GenerateAsync(1, _ => null));
    }

    private sealed class Holder(Factory factory) : IPolicyHolder<int>
    {
        private GenerationEngine? _engine;
        private int _held;

        public List<int> Loaded { get; } = [];

        public int Refused { get; init; }

        public bool IsDisposed { get; private set; }

        public bool Holds(int weights) => _held == weights;

        public GenerationEngine Load(int weights, CancellationToken cancel)
        {
            if (weights == Refused)
            {
                throw new IOException("the weights are nowhere");
            }

            Loaded.Add(weights);
            _held = weights;
            _engine ??= factory.Engine();
            _engine.Version = new PolicyVersion(weights);
            return _engine;
        }

        public void Dispose()
        {
            IsDisposed = true;
            _engine?.Dispose();
        }
    }
}

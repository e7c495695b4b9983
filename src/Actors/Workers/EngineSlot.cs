using Akka.Event;
using R1Reward.Actors.Protocol;
using R1Reward.Data;

namespace R1Reward.Actors.Workers;

/// <summary>
/// The engine of a worker through its life: built when the first run welcomes the worker, replaced when another run
/// does, disposed when the worker stops. There is never more than one, since two models need not fit into memory.
/// </summary>
/// <param name="build">Builds the engine for a run.</param>
/// <param name="log">Takes what an engine throws, whole.</param>
internal sealed class EngineSlot(EngineFactory build, ILoggingAdapter log)
{
    /// <summary>The engine; null while none is ready.</summary>
    public IWorkEngine? Engine { get; private set; }

    /// <summary>Whether an engine is on its way: <see cref="Fill"/> is called with it.</summary>
    public bool IsBuilding { get; private set; }

    /// <summary>Disposes the engine that is there and builds one for a run, away from the caller's thread.</summary>
    public Task<IWorkEngine> BuildAsync(ToWorker.Welcome run)
    {
        IsBuilding = true;
        var old = Engine;
        Engine = null;
        return Task.Run(async () =>
        {
            if (old is not null)
            {
                await old.DisposeAsync();
            }

            return await build(run);
        });
    }

    /// <summary>Puts in the engine that was built.</summary>
    public void Fill(IWorkEngine engine)
    {
        IsBuilding = false;
        Engine = engine;
    }

    /// <summary>Has the engine do an item. A failure is a result like any other.</summary>
    /// <param name="item">The item.</param>
    /// <param name="progress">Takes figures of work in progress, by step.</param>
    /// <param name="cancel">Asks the engine to stop.</param>
    /// <returns>The result; null when the item was given up and there is nothing to hand in.</returns>
    public async Task<WorkResult?> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        try
        {
            return await Engine!.DoAsync(item, progress, cancel);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        catch (UserErrorException mistake)
        {
            return new WorkFailed(mistake.Message, UserError: true);
        }
        catch (Exception fault) when (FileFault.Is(fault))
        {
            log.Info(fault, "{0}: a file", item.Key.Id);
            return new WorkFailed($"{item.Key.Id}: {FileFault.Describe(fault)}", UserError: true);
        }
        catch (Exception error)
        {
            // Native libraries say after the first line where in them it was.
            log.Info(error, "{0}: the engine threw", item.Key.Id);
            return new WorkFailed($"{item.Key.Id}: {error.Message.Split('\n')[0]}", UserError: false);
        }
    }

    /// <summary>
    /// Has the engine disposed. An engine finishes what it computes before it releases its thread; this does not
    /// wait for it.
    /// </summary>
    public void Empty()
    {
        if (Engine is { } engine)
        {
            _ = engine.DisposeAsync().AsTask();
        }
    }
}

using Akka.Actor;

namespace Akka.TestKit;

/// <summary>Keeps the test actor the implicit sender after an await.</summary>
internal sealed class ActorCellKeepingSynchronizationContext(ActorCell cell) : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object state) => ThreadPool.QueueUserWorkItem(_ => Run(d, state));
    public override void Send(SendOrPostCallback d, object state) => Run(d, state);
    public override SynchronizationContext CreateCopy() => this;

    private void Run(SendOrPostCallback callback, object state)
    {
        var (before, context) = (ActorCell.Current, Current);
        ActorCell.SetCurrent(cell);
        SetSynchronizationContext(this);
        try
        {
            callback(state);
        }
        finally
        {
            ActorCell.SetCurrent(before);
            SetSynchronizationContext(context);
        }
    }
}

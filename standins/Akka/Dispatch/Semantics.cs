namespace Akka.Dispatch;

/// <summary>Marks what kind of queue an actor needs; all queues here are unbounded and allow all of it.</summary>
public interface ISemantics;

public interface IRequiresMessageQueue<T> where T : ISemantics;

public interface IUnboundedMessageQueueSemantics : ISemantics;

public interface IUnboundedDequeBasedMessageQueueSemantics : ISemantics;

public interface IRunnable
{
    void Run();
}

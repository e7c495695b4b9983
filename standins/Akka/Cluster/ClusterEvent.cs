using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>What subscribers of the cluster are told.</summary>
public class ClusterEvent
{
    public enum SubscriptionInitialStateMode
    {
        /// <summary>A <see cref="CurrentClusterState"/> comes first.</summary>
        InitialStateAsSnapshot,

        /// <summary>The events that lead to the current state come first.</summary>
        InitialStateAsEvents,
    }

    public static readonly SubscriptionInitialStateMode InitialStateAsSnapshot = SubscriptionInitialStateMode.InitialStateAsSnapshot;
    public static readonly SubscriptionInitialStateMode InitialStateAsEvents = SubscriptionInitialStateMode.InitialStateAsEvents;

    public interface IClusterDomainEvent : IDeadLetterSuppression;

    public interface IMemberEvent : IClusterDomainEvent
    {
        Member Member { get; }
    }

    public interface IReachabilityEvent : IClusterDomainEvent;

    public sealed class CurrentClusterState : INoSerializationVerificationNeeded
    {
        private readonly ImmutableDictionary<string, Address> _roleLeaders;

        public CurrentClusterState()
            : this([], [], [], null, ImmutableDictionary<string, Address>.Empty) { }

        public CurrentClusterState(
            ImmutableSortedSet<Member> members,
            ImmutableHashSet<Member> unreachable,
            ImmutableHashSet<Address> seenBy,
            Address leader,
            ImmutableDictionary<string, Address> roleLeaderMap)
        {
            Members = members;
            Unreachable = unreachable;
            SeenBy = seenBy;
            Leader = leader;
            _roleLeaders = roleLeaderMap;
        }

        public ImmutableSortedSet<Member> Members { get; }
        public ImmutableHashSet<Member> Unreachable { get; }
        public ImmutableHashSet<Address> SeenBy { get; }

        /// <summary>Null while there is none.</summary>
        public Address Leader { get; }

        public ImmutableHashSet<string> AllRoles => [.. _roleLeaders.Keys];

        public Address RoleLeader(string role) => _roleLeaders.GetValueOrDefault(role);
    }

    public abstract class MemberStatusChange : IMemberEvent
    {
        protected MemberStatusChange(Member member, MemberStatus validStatus)
        {
            if (member.Status != validStatus) throw new ArgumentException($"Expected {validStatus} state, got: {member}");
            Member = member;
        }

        public Member Member { get; }
        public override bool Equals(object obj) => obj?.GetType() == GetType() && Member.Equals(((MemberStatusChange)obj).Member);
        public override int GetHashCode() => Member.GetHashCode();
        public override string ToString() => $"{GetType().Name}(Member={Member})";
    }

    public sealed class MemberJoined : MemberStatusChange
    {
        public MemberJoined(Member member) : base(member, MemberStatus.Joining) { }
    }

    public sealed class MemberWeaklyUp : MemberStatusChange
    {
        public MemberWeaklyUp(Member member) : base(member, MemberStatus.WeaklyUp) { }
    }

    public sealed class MemberUp : MemberStatusChange
    {
        public MemberUp(Member member) : base(member, MemberStatus.Up) { }
    }

    public sealed class MemberLeft : MemberStatusChange
    {
        public MemberLeft(Member member) : base(member, MemberStatus.Leaving) { }
    }

    public sealed class MemberExited : MemberStatusChange
    {
        public MemberExited(Member member) : base(member, MemberStatus.Exiting) { }
    }

    public sealed class MemberDowned : MemberStatusChange
    {
        public MemberDowned(Member member) : base(member, MemberStatus.Down) { }
    }

    public sealed class MemberRemoved : MemberStatusChange
    {
        public MemberRemoved(Member member, MemberStatus previousStatus) : base(member, MemberStatus.Removed) => PreviousStatus = previousStatus;

        /// <summary>Exiting after a graceful leave, Down after a crash.</summary>
        public MemberStatus PreviousStatus { get; }
    }

    public abstract class ReachabilityEvent : IReachabilityEvent
    {
        protected ReachabilityEvent(Member member) => Member = member;

        public Member Member { get; }
        public override bool Equals(object obj) => obj?.GetType() == GetType() && Member.Equals(((ReachabilityEvent)obj).Member);
        public override int GetHashCode() => Member.GetHashCode();
        public override string ToString() => $"{GetType().Name}(Member={Member})";
    }

    public sealed class UnreachableMember : ReachabilityEvent
    {
        public UnreachableMember(Member member) : base(member) { }
    }

    public sealed class ReachableMember : ReachabilityEvent
    {
        public ReachableMember(Member member) : base(member) { }
    }

    public sealed class LeaderChanged : IClusterDomainEvent
    {
        public LeaderChanged(Address leader) => Leader = leader;

        public Address Leader { get; }
        public override bool Equals(object obj) => obj is LeaderChanged other && Equals(Leader, other.Leader);
        public override int GetHashCode() => Leader?.GetHashCode() ?? 0;
        public override string ToString() => $"LeaderChanged(NewLeader={Leader})";
    }

    public sealed class RoleLeaderChanged : IClusterDomainEvent
    {
        public RoleLeaderChanged(string role, Address leader)
        {
            Role = role;
            Leader = leader;
        }

        public string Role { get; }
        public Address Leader { get; }
        public override bool Equals(object obj) => obj is RoleLeaderChanged other && Role == other.Role && Equals(Leader, other.Leader);
        public override int GetHashCode() => HashCode.Combine(Role, Leader);
        public override string ToString() => $"RoleLeaderChanged(Leader={Leader}, Role={Role})";
    }

    public sealed class ClusterShuttingDown : IClusterDomainEvent
    {
        public static readonly IClusterDomainEvent Instance = new ClusterShuttingDown();

        private ClusterShuttingDown() { }

        public override string ToString() => "ClusterShuttingDown";
    }
}

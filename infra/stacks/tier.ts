/** A load balancer with one listener that several services share by path. */
import type { Duration } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Peer, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  ListenerAction as Action,
  ApplicationListener,
  ApplicationListenerRule,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  type ListenerAction,
  ListenerCondition,
  SslPolicy,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { accept } from './findings.ts';
import type { Network } from './network.ts';

interface TierProps {
  readonly network: Network;
  readonly access: 'public' | 'internal';
  readonly certificateArn?: string | undefined;
}

/** The end of a chain of services: an answer of the load balancer itself. */
const STOCK_PATH = '/stock/';
const FIRST_PRIORITY = 10;

export class Tier extends Construct {
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly listener: ApplicationListener;
  readonly securityGroup: SecurityGroup;
  #priority = FIRST_PRIORITY;

  constructor(scope: Construct, id: string, props: TierProps) {
    super(scope, id);
    const { network, access, certificateArn } = props;
    const isPublic = access === 'public';
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', {
      vpc: network.vpc,
      description: `Load balancer (${access})`,
      // What it may reach is its targets, and each of them adds its own rule.
      allowAllOutbound: false,
    });
    this.loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      vpcSubnets: isPublic ? network.publicSubnets : network.privateSubnets,
      internetFacing: isPublic,
      securityGroup: this.securityGroup,
      dropInvalidHeaderFields: true,
    });
    accept(this.loadBalancer, 'noAccessLog');
    if (isPublic) accept(this.securityGroup, 'openToAll');
    this.listener = this.#listen(certificateArn);
    const ports = certificateArn === undefined ? [80] : [80, 443];
    for (const port of isPublic ? ports : []) {
      this.securityGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(port), 'everybody');
    }
  }

  /** Where a service finds the catalog's answers at the end of the chain. */
  get stockUrl(): string {
    return `http://${this.loadBalancer.loadBalancerDnsName}${STOCK_PATH}`;
  }

  get url(): string {
    return `http://${this.loadBalancer.loadBalancerDnsName}/`;
  }

  /** Sends the paths to the action; rules that came first win. */
  route(id: string, paths: readonly string[], action: ListenerAction): ApplicationListenerRule {
    const priority = this.#priority;
    // With gaps, so that a rule can be put between two of them by hand.
    this.#priority += 10;
    return new ApplicationListenerRule(this, id, {
      listener: this.listener,
      priority,
      conditions: [ListenerCondition.pathPatterns([...paths])],
      action,
    });
  }

  /** Answers for the stock, so that the last service has somebody to ask. */
  answerStock(): void {
    const answer = { contentType: 'application/json', messageBody: '{"inStock":true}' };
    this.route('Stock', [`${STOCK_PATH}*`], Action.fixedResponse(200, answer));
  }

  /** Errors that the load balancer makes itself, as when a task ends while it answers. */
  metricOwnErrors(period: Duration): Metric {
    return new Metric({
      namespace: 'AWS/ApplicationELB',
      metricName: 'HTTPCode_ELB_5XX_Count',
      dimensionsMap: { LoadBalancer: this.loadBalancer.loadBalancerFullName },
      statistic: 'Sum',
      period,
    });
  }

  #listen(certificateArn: string | undefined): ApplicationListener {
    const defaultAction = Action.fixedResponse(404, {
      contentType: 'application/json',
      messageBody: '{"error":"no such path"}',
    });
    // `open` would let CDK add a rule for everybody, to the internal one as well.
    const common = { loadBalancer: this.loadBalancer, open: false, defaultAction };
    if (certificateArn === undefined) {
      return new ApplicationListener(this, 'Http', {
        ...common,
        port: 80,
        protocol: ApplicationProtocol.HTTP,
      });
    }
    this.loadBalancer.addRedirect({ open: false });
    return new ApplicationListener(this, 'Https', {
      ...common,
      port: 443,
      protocol: ApplicationProtocol.HTTPS,
      sslPolicy: SslPolicy.TLS13_RES,
      certificates: [Certificate.fromCertificateArn(this, 'Certificate', certificateArn)],
    });
  }
}
